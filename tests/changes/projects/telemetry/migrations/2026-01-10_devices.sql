CREATE TABLE sites (
  id integer PRIMARY KEY,
  name text NOT NULL,
  region text NOT NULL
);

CREATE TABLE devices (
  id integer PRIMARY KEY,
  site_id integer NOT NULL REFERENCES sites (id),
  serial text NOT NULL,
  model varchar(50) NOT NULL,
  firmware text NOT NULL,
  labels text[] NOT NULL DEFAULT '{}',
  config jsonb NOT NULL DEFAULT '{}',
  retired_at timestamptz,
  registered_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX devices_serial_key ON devices (serial text_pattern_ops);
CREATE INDEX devices_site_id_idx ON devices (site_id);
CREATE INDEX devices_labels_idx ON devices USING gin (labels);
CREATE INDEX devices_config_idx ON devices USING gin (config);
CREATE INDEX devices_active_firmware_idx ON devices (firmware) WHERE retired_at IS NULL;
