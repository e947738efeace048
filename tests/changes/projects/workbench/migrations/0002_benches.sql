CREATE TABLE blueprints (
  id integer PRIMARY KEY,
  org_id integer NOT NULL REFERENCES orgs (id),
  name text NOT NULL,
  display_name text NOT NULL DEFAULT '',
  deleted boolean NOT NULL DEFAULT false,
  acl jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX blueprints_org_id_name_key ON blueprints (org_id, lower(name)) WHERE NOT deleted;

CREATE TABLE benches (
  id integer PRIMARY KEY,
  org_id integer NOT NULL REFERENCES orgs (id),
  owner_id integer NOT NULL REFERENCES people (id),
  blueprint_id integer NOT NULL REFERENCES blueprints (id),
  name varchar(64) NOT NULL,
  labels text[] NOT NULL DEFAULT '{}',
  autostart text,
  ttl_minutes integer,
  deleted boolean NOT NULL DEFAULT false,
  dormant_at timestamptz,
  last_used_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX benches_owner_id_name_key ON benches (owner_id, lower(name::text)) WHERE NOT deleted;
CREATE INDEX benches_owner_id_idx ON benches (owner_id) WHERE NOT deleted;
CREATE INDEX benches_org_id_last_used_at_idx ON benches (org_id, last_used_at DESC, id DESC) WHERE NOT deleted;
CREATE INDEX benches_blueprint_id_idx ON benches (blueprint_id) WHERE NOT deleted;
CREATE INDEX benches_labels_idx ON benches USING gin (labels);
