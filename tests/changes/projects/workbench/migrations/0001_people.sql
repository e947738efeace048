CREATE ROLE workbench_app;

CREATE TYPE person_status AS ENUM ('active', 'dormant', 'suspended');

CREATE TABLE orgs (
  id integer PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  display_name text NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL
);

CREATE TABLE org_branding (
  org_id integer PRIMARY KEY REFERENCES orgs (id) ON DELETE CASCADE,
  logo_url text NOT NULL,
  banner text
);

CREATE TABLE people (
  id integer PRIMARY KEY,
  username text NOT NULL,
  email text NOT NULL,
  status person_status NOT NULL,
  avatar_url text NOT NULL DEFAULT '',
  last_seen_at timestamptz NOT NULL,
  deleted boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX people_email_key ON people (lower(email)) WHERE NOT deleted;
CREATE UNIQUE INDEX people_username_key ON people (lower(username)) WHERE NOT deleted;

CREATE TABLE memberships (
  org_id integer NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  person_id integer NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  roles text[] NOT NULL DEFAULT '{}',
  joined_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, person_id)
);
CREATE INDEX memberships_person_id_idx ON memberships (person_id);
