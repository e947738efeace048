CREATE TABLE tags (
  id integer PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE topic_tags (
  topic_id integer NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
  tag_id integer NOT NULL REFERENCES tags (id),
  PRIMARY KEY (topic_id, tag_id)
);
CREATE INDEX topic_tags_tag_id_idx ON topic_tags (tag_id) INCLUDE (topic_id);

CREATE TABLE votes (
  post_id integer NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  user_id integer NOT NULL REFERENCES users (id),
  value smallint NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (post_id, user_id)
);
CREATE INDEX votes_user_id_idx ON votes (user_id) INCLUDE (value);

CREATE TABLE notifications (
  id integer PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users (id),
  kind text NOT NULL,
  payload jsonb NOT NULL DEFAULT '{}',
  read_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX notifications_unread_idx ON notifications (user_id, created_at DESC) WHERE read_at IS NULL;
CREATE INDEX notifications_created_at_idx ON notifications (created_at);
CREATE INDEX notifications_payload_idx ON notifications USING gin (payload jsonb_path_ops);

CREATE TABLE badges (id integer PRIMARY KEY, code text NOT NULL, title text NOT NULL);
CREATE INDEX badges_code_idx ON badges (code);
