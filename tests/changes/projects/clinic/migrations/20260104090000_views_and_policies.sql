CREATE FUNCTION current_staff() RETURNS integer LANGUAGE sql STABLE
  AS $$ SELECT current_setting('app.staff_id')::integer $$;

CREATE FUNCTION age_in_years(born date) RETURNS integer LANGUAGE sql IMMUTABLE
  AS $$ SELECT extract(year FROM age(date '2026-06-30', born))::integer $$;

CREATE FUNCTION audit_prescription() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_log (table_name, row_id, at) VALUES ('prescriptions', new.id, timestamptz '2026-06-30 12:00+00');
  RETURN new;
END $$;

CREATE VIEW upcoming_appointments AS
  SELECT a.id, a.starts_at, a.staff_id, a.patient_id, a.state, p.medical_no, p.family_name, s.department_id
  FROM appointments AS a
  JOIN patients AS p ON p.id = a.patient_id
  JOIN staff AS s ON s.id = a.staff_id
  WHERE a.starts_at >= timestamptz '2026-04-01 00:00+00';

CREATE VIEW patient_timeline AS
  SELECT patient_id, starts_at AS at, 'appointment' AS kind, reason AS what FROM appointments
  UNION ALL
  SELECT patient_id, taken_at, 'lab', panel FROM lab_results
  UNION ALL
  SELECT patient_id, starts_on::timestamp AT TIME ZONE 'UTC', 'prescription', drug_code FROM prescriptions;

CREATE MATERIALIZED VIEW department_load AS
  SELECT s.department_id, date_trunc('week', a.starts_at AT TIME ZONE 'UTC') AS week, count(*) AS appointments
  FROM appointments AS a JOIN staff AS s ON s.id = a.staff_id
  GROUP BY 1, 2;
CREATE INDEX department_load_department_id_idx ON department_load (department_id, week);

ALTER TABLE lab_results ENABLE ROW LEVEL SECURITY;
CREATE POLICY lab_results_of_patients ON lab_results
  USING (patient_id IN (SELECT c.patient_id FROM care_team AS c WHERE c.staff_id = current_staff()))
  WITH CHECK (true);

CREATE TRIGGER prescriptions_audit AFTER INSERT ON prescriptions FOR EACH ROW EXECUTE FUNCTION audit_prescription();

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO clinic_app;
