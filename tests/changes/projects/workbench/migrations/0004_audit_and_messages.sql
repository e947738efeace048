CREATE TYPE audit_action AS ENUM ('create', 'write', 'delete', 'start', 'stop', 'login');
CREATE TYPE message_status AS ENUM ('pending', 'leased', 'sent', 'failed', 'dropped');

CREATE TABLE audit_events (
  id bigint NOT NULL,
  org_id integer NOT NULL,
  actor_id integer NOT NULL,
  resource_kind text NOT NULL,
  resource_id integer NOT NULL,
  action audit_action NOT NULL,
  diff jsonb NOT NULL DEFAULT '{}',
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (id, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE TABLE audit_events_2026_01 PARTITION OF audit_events FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2026-02-01 00:00+00');
CREATE TABLE audit_events_2026_02 PARTITION OF audit_events FOR VALUES FROM ('2026-02-01 00:00+00') TO ('2026-03-01 00:00+00');
CREATE TABLE audit_events_2026_03 PARTITION OF audit_events FOR VALUES FROM ('2026-03-01 00:00+00') TO ('2026-04-01 00:00+00');
CREATE TABLE audit_events_2026_04 PARTITION OF audit_events FOR VALUES FROM ('2026-04-01 00:00+00') TO ('2026-05-01 00:00+00');
CREATE TABLE audit_events_2026_05 PARTITION OF audit_events FOR VALUES FROM ('2026-05-01 00:00+00') TO ('2026-06-01 00:00+00');
CREATE TABLE audit_events_2026_06 PARTITION OF audit_events FOR VALUES FROM ('2026-06-01 00:00+00') TO ('2026-07-01 00:00+00');
CREATE INDEX audit_events_org_id_occurred_at_idx ON audit_events (org_id, occurred_at DESC);
CREATE INDEX audit_events_resource_idx ON audit_events (resource_kind, resource_id);

CREATE TABLE messages (
  id bigint PRIMARY KEY,
  person_id integer NOT NULL REFERENCES people (id),
  status message_status NOT NULL,
  payload jsonb NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  leased_until timestamptz,
  read_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX messages_due_idx ON messages (next_attempt_at) WHERE status IN ('pending', 'failed');
CREATE INDEX messages_person_id_created_at_idx ON messages (person_id, created_at DESC);

CREATE TABLE org_usage (
  org_id integer NOT NULL,
  day date NOT NULL,
  builds integer NOT NULL DEFAULT 0,
  rx_bytes bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, day)
);
