-- name: prescriptions-of-patient
-- cases:
--   frequent: [40]
SELECT p.id, p.starts_on, p.ends_on, d.name
FROM prescriptions AS p
JOIN drugs AS d ON d.code = p.drug_code
WHERE p.patient_id = $1
ORDER BY p.starts_on DESC;

-- name: recent-use-of-drug
-- cases:
--   common: [RX0001]
SELECT id, patient_id FROM prescriptions WHERE drug_code = $1 AND starts_on >= date '2026-03-01';

-- name: drugs-by-leaflet
SELECT code, name FROM drugs WHERE leaflet @@ to_tsquery('english', 'drowsiness');

-- name: results-of-patient
-- cases:
--   one: [40]
SELECT panel, taken_at FROM lab_results WHERE patient_id = $1 ORDER BY taken_at DESC LIMIT 10;

-- name: critical-results
SELECT id, patient_id, taken_at FROM lab_results WHERE findings @> '{"flag": "critical"}';

-- name: unreviewed-results
SELECT id, patient_id, taken_at FROM lab_results WHERE reviewed_by IS NULL ORDER BY taken_at LIMIT 25;

-- name: audit-of-patient
-- cases:
--   one: [4711]
SELECT id, at, detail FROM audit_log WHERE table_name = 'patients' AND row_id = $1;

-- name: audit-of-a-day
SELECT count(*) FROM audit_log WHERE at >= timestamptz '2026-02-03 00:00+00' AND at < timestamptz '2026-02-04 00:00+00';

-- name: prescribe
-- cases:
--   one: [900001, 4711]
INSERT INTO prescriptions (id, patient_id, drug_code, starts_on, ends_on)
VALUES ($1, $2, 'RX0042', date '2026-06-30', date '2026-07-14');

-- name: renew-prescriptions
-- cases:
--   one: [RX0007]
UPDATE prescriptions SET repeats = repeats + 1 WHERE drug_code = $1 AND starts_on >= date '2026-04-01';

-- name: team-of-staff
-- cases:
--   one: [7]
SELECT p.id, p.family_name FROM care_team AS c JOIN patients AS p ON p.id = c.patient_id WHERE c.staff_id = $1;
