CREATE ROLE agora_web;
CREATE SCHEMA r;
GRANT USAGE ON SCHEMA r TO agora_web;
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO agora_web;

CREATE TABLE instances (
  id integer PRIMARY KEY,
  domain text NOT NULL UNIQUE,
  software text NOT NULL,
  last_seen_at timestamptz NOT NULL
);

CREATE TABLE languages (id integer PRIMARY KEY, code text NOT NULL UNIQUE);

CREATE TABLE actors (
  id integer PRIMARY KEY,
  handle text NOT NULL,
  display_name text,
  instance_id integer NOT NULL REFERENCES instances (id),
  is_bot boolean NOT NULL DEFAULT false,
  banned boolean NOT NULL DEFAULT false,
  bio text,
  joined_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX actors_handle_key ON actors (lower(handle), instance_id);
CREATE INDEX actors_instance_id_idx ON actors (instance_id);

CREATE TYPE space_visibility AS ENUM ('open', 'local_only', 'members');

CREATE TABLE spaces (
  id integer PRIMARY KEY,
  slug text NOT NULL,
  title text NOT NULL,
  instance_id integer NOT NULL REFERENCES instances (id),
  visibility space_visibility NOT NULL DEFAULT 'open',
  adult boolean NOT NULL DEFAULT false,
  removed boolean NOT NULL DEFAULT false,
  subscribers integer NOT NULL DEFAULT 0,
  thread_count integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  UNIQUE (slug, instance_id)
);
CREATE INDEX spaces_subscribers_idx ON spaces (subscribers DESC, id);

CREATE TYPE membership_state AS ENUM ('pending', 'accepted', 'denied');

CREATE TABLE memberships (
  actor_id integer NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  space_id integer NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
  followed_at timestamptz,
  state membership_state,
  moderator_since timestamptz,
  banned_at timestamptz,
  PRIMARY KEY (actor_id, space_id)
);
CREATE INDEX memberships_followers_idx ON memberships (space_id) WHERE followed_at IS NOT NULL;
CREATE INDEX memberships_moderators_idx ON memberships (space_id, actor_id) WHERE moderator_since IS NOT NULL;

CREATE TABLE actor_blocks (
  actor_id integer NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  blocked_id integer NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  PRIMARY KEY (actor_id, blocked_id)
);
