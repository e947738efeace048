CREATE TABLE drugs (
  code text PRIMARY KEY,
  name text NOT NULL,
  class text NOT NULL,
  leaflet tsvector NOT NULL
);
CREATE INDEX drugs_leaflet_idx ON drugs USING gin (leaflet);

CREATE TABLE prescriptions (
  id bigint PRIMARY KEY,
  patient_id integer NOT NULL REFERENCES patients (id) ON DELETE CASCADE,
  drug_code text NOT NULL REFERENCES drugs (code),
  starts_on date NOT NULL,
  ends_on date,
  repeats smallint NOT NULL DEFAULT 0,
  CONSTRAINT prescriptions_dates CHECK (ends_on >= starts_on)
);
CREATE INDEX prescriptions_patient_id_idx ON prescriptions (patient_id);
CREATE INDEX prescriptions_drug_code_starts_on_idx ON prescriptions (drug_code, starts_on);

CREATE TABLE lab_results (
  id bigint PRIMARY KEY,
  patient_id integer NOT NULL REFERENCES patients (id) ON DELETE CASCADE,
  panel text NOT NULL,
  findings jsonb NOT NULL,
  taken_at timestamptz NOT NULL,
  reviewed_by integer REFERENCES staff (id)
);
CREATE INDEX lab_results_patient_id_taken_at_idx ON lab_results (patient_id, taken_at DESC) INCLUDE (panel);
CREATE INDEX lab_results_findings_idx ON lab_results USING gin (findings jsonb_path_ops);
CREATE INDEX lab_results_unreviewed_idx ON lab_results (taken_at) WHERE reviewed_by IS NULL;

CREATE TABLE care_team (
  patient_id integer NOT NULL REFERENCES patients (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  staff_id integer NOT NULL REFERENCES staff (id),
  since date NOT NULL,
  PRIMARY KEY (patient_id, staff_id)
);
CREATE INDEX care_team_staff_id_idx ON care_team (staff_id, patient_id);

CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_name text NOT NULL,
  row_id bigint NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  at timestamptz NOT NULL
);
CREATE INDEX audit_log_table_name_row_id_idx ON audit_log (table_name, row_id);
CREATE INDEX audit_log_at_brin ON audit_log USING brin (at) WITH (pages_per_range = 8);
