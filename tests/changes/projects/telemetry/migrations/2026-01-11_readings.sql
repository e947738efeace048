CREATE TABLE readings (
  device_id integer NOT NULL,
  metric text NOT NULL,
  recorded_at timestamptz NOT NULL,
  value double precision NOT NULL
) PARTITION BY RANGE (recorded_at);
CREATE TABLE readings_w23 PARTITION OF readings FOR VALUES FROM ('2026-06-01') TO ('2026-06-08');
CREATE TABLE readings_w24 PARTITION OF readings FOR VALUES FROM ('2026-06-08') TO ('2026-06-15');
CREATE TABLE readings_w25 PARTITION OF readings FOR VALUES FROM ('2026-06-15') TO ('2026-06-22');
CREATE TABLE readings_w26 PARTITION OF readings FOR VALUES FROM ('2026-06-22') TO ('2026-06-29');
CREATE INDEX readings_device_id_recorded_at_idx ON readings (device_id, recorded_at DESC);

CREATE TABLE device_events (
  id bigint PRIMARY KEY,
  device_id integer NOT NULL REFERENCES devices (id),
  kind text NOT NULL,
  body jsonb NOT NULL,
  occurred_at timestamptz NOT NULL
);
CREATE INDEX device_events_device_id_occurred_at_idx ON device_events (device_id, occurred_at DESC);
CREATE INDEX device_events_kind_occurred_at_idx ON device_events (kind, occurred_at);
CREATE INDEX device_events_body_code_idx ON device_events ((body ->> 'code'));
