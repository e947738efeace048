CREATE TABLE reports (
  id integer PRIMARY KEY,
  thread_id integer REFERENCES threads (id) ON DELETE CASCADE,
  reply_id integer REFERENCES replies (id) ON DELETE CASCADE,
  reporter_id integer NOT NULL REFERENCES actors (id),
  reason text NOT NULL,
  resolved boolean NOT NULL DEFAULT false,
  resolver_id integer REFERENCES actors (id),
  created_at timestamptz NOT NULL,
  CHECK (num_nonnulls(thread_id, reply_id) = 1)
);
CREATE INDEX reports_open_idx ON reports (created_at) WHERE NOT resolved;
CREATE INDEX reports_thread_id_idx ON reports (thread_id) WHERE thread_id IS NOT NULL;
CREATE INDEX reports_reply_id_idx ON reports (reply_id) WHERE reply_id IS NOT NULL;

CREATE TABLE moderation_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  moderator_id integer NOT NULL,
  thread_id integer,
  action text NOT NULL,
  at timestamptz NOT NULL
);

CREATE TABLE federation_log (
  id bigint NOT NULL,
  sent_at timestamptz NOT NULL,
  instance_id integer NOT NULL REFERENCES instances (id),
  activity text NOT NULL,
  payload jsonb NOT NULL,
  PRIMARY KEY (id, sent_at)
) PARTITION BY RANGE (sent_at);
CREATE TABLE federation_log_2025_07 PARTITION OF federation_log FOR VALUES FROM ('2025-07-01 00:00+00') TO ('2025-08-01 00:00+00');
CREATE TABLE federation_log_2025_08 PARTITION OF federation_log FOR VALUES FROM ('2025-08-01 00:00+00') TO ('2025-09-01 00:00+00');
CREATE TABLE federation_log_2025_09 PARTITION OF federation_log FOR VALUES FROM ('2025-09-01 00:00+00') TO ('2025-10-01 00:00+00');
CREATE TABLE federation_log_2025_10 PARTITION OF federation_log FOR VALUES FROM ('2025-10-01 00:00+00') TO ('2025-11-01 00:00+00');
CREATE TABLE federation_log_2025_11 PARTITION OF federation_log FOR VALUES FROM ('2025-11-01 00:00+00') TO ('2025-12-01 00:00+00');
CREATE TABLE federation_log_2025_12 PARTITION OF federation_log FOR VALUES FROM ('2025-12-01 00:00+00') TO ('2026-01-01 00:00+00');
CREATE INDEX federation_log_instance_idx ON federation_log (instance_id, sent_at DESC);
