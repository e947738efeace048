CREATE TABLE thread_marks (
  actor_id integer NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  thread_id integer NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
  read_at timestamptz NOT NULL,
  saved_at timestamptz,
  hidden_at timestamptz,
  vote smallint,
  PRIMARY KEY (actor_id, thread_id)
);
CREATE INDEX thread_marks_thread_id_idx ON thread_marks (thread_id);
CREATE INDEX thread_marks_saved_idx ON thread_marks (actor_id, saved_at DESC) WHERE saved_at IS NOT NULL;

CREATE TYPE notice_kind AS ENUM ('reply', 'mention', 'vote', 'system');

CREATE TABLE notices (
  id bigint PRIMARY KEY,
  recipient_id integer NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  kind notice_kind NOT NULL,
  reply_id integer REFERENCES replies (id) ON DELETE CASCADE,
  thread_id integer REFERENCES threads (id) ON DELETE CASCADE,
  seen boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL
);
CREATE INDEX notices_unseen_idx ON notices (recipient_id, created_at DESC) INCLUDE (kind) WHERE NOT seen;
CREATE INDEX notices_recipient_id_idx ON notices (recipient_id);
CREATE INDEX notices_reply_id_idx ON notices (reply_id);
CREATE INDEX notices_thread_id_idx ON notices (thread_id);
