CREATE TYPE run_kind AS ENUM ('bench_build', 'blueprint_import', 'dry_run');
CREATE TYPE run_state AS ENUM ('waiting', 'running', 'succeeded', 'canceled', 'failed');
CREATE TYPE transition AS ENUM ('start', 'stop', 'delete');

CREATE TABLE runs (
  id bigint PRIMARY KEY,
  org_id integer NOT NULL REFERENCES orgs (id),
  initiator_id integer NOT NULL REFERENCES people (id),
  kind run_kind NOT NULL,
  tags jsonb NOT NULL DEFAULT '{}',
  input jsonb NOT NULL DEFAULT '{}',
  worker_id integer,
  error text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  started_at timestamptz,
  canceled_at timestamptz,
  completed_at timestamptz,
  state run_state GENERATED ALWAYS AS (
    CASE
      WHEN completed_at IS NOT NULL AND error IS NOT NULL THEN 'failed'::run_state
      WHEN canceled_at IS NOT NULL THEN 'canceled'::run_state
      WHEN completed_at IS NOT NULL THEN 'succeeded'::run_state
      WHEN started_at IS NOT NULL THEN 'running'::run_state
      ELSE 'waiting'::run_state
    END) STORED
);
CREATE INDEX runs_waiting_idx ON runs (created_at, id) WHERE started_at IS NULL AND canceled_at IS NULL;
CREATE INDEX runs_unfinished_idx ON runs (updated_at) WHERE started_at IS NOT NULL AND completed_at IS NULL;
CREATE INDEX runs_org_id_state_created_at_idx ON runs (org_id, state, created_at DESC);

CREATE TABLE builds (
  id bigint PRIMARY KEY,
  bench_id integer NOT NULL REFERENCES benches (id) ON DELETE CASCADE,
  build_number integer NOT NULL,
  transition transition NOT NULL,
  run_id bigint NOT NULL REFERENCES runs (id),
  initiator_id integer NOT NULL REFERENCES people (id),
  reason text NOT NULL,
  daily_cost integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  UNIQUE (bench_id, build_number),
  UNIQUE (run_id)
);
CREATE INDEX builds_initiator_id_idx ON builds (initiator_id);

CREATE TABLE parts (
  id bigint PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES runs (id),
  kind text NOT NULL,
  name text NOT NULL,
  daily_cost integer NOT NULL DEFAULT 0
);
CREATE INDEX parts_run_id_idx ON parts (run_id);

CREATE TABLE agents (
  id bigint PRIMARY KEY,
  part_id bigint NOT NULL REFERENCES parts (id),
  name text NOT NULL,
  auth_token uuid NOT NULL,
  connected_at timestamptz,
  disconnected_at timestamptz,
  deleted boolean NOT NULL DEFAULT false
);
CREATE INDEX agents_part_id_idx ON agents (part_id);
CREATE INDEX agents_auth_token_idx ON agents (auth_token);

CREATE TABLE agent_samples (
  id bigint PRIMARY KEY,
  agent_id bigint NOT NULL,
  bench_id integer NOT NULL REFERENCES benches (id) ON DELETE CASCADE,
  taken_at timestamptz NOT NULL,
  rx_bytes bigint NOT NULL,
  tx_bytes bigint NOT NULL,
  latency_ms integer NOT NULL,
  sessions jsonb NOT NULL
);
CREATE INDEX agent_samples_bench_id_idx ON agent_samples (bench_id, agent_id, taken_at DESC);
CREATE INDEX agent_samples_taken_at_idx ON agent_samples (taken_at) INCLUDE (rx_bytes, tx_bytes);
