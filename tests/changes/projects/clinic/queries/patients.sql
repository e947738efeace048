-- name: patient-by-number
-- cases:
--   one: [M000029386]
SELECT id, family_name, given_name, birth_date FROM patients WHERE medical_no = $1;

-- name: patient-by-email
-- cases:
--   one: [patient4711@example.net]
SELECT id, family_name FROM patients WHERE email = $1;

-- name: patients-by-name-prefix
-- cases:
--   common: ["a3%"]
SELECT id, search_name, birth_date FROM patients WHERE search_name LIKE $1 ORDER BY search_name, id LIMIT 20;

-- name: patients-of-insurer
-- cases:
--   large: [1]
--   small: [75]
SELECT id, medical_no, birth_date FROM patients
WHERE insurer_id = $1 AND birth_date < date '1945-01-01'
ORDER BY birth_date;

-- name: visits-of-town
SELECT p.id, count(*) AS visits
FROM patients AS p
JOIN appointments AS a ON a.patient_id = p.id
WHERE p.postcode = '11164' AND p.city = 'town12' AND a.starts_at >= timestamptz '2026-06-01 00:00+00'
GROUP BY p.id
ORDER BY visits DESC, p.id;

-- name: export-patients
-- cases:
--   middle: [6000]
SELECT id, medical_no, family_name FROM patients WHERE id > $1 ORDER BY id LIMIT 200;

-- name: newest-visit-of-insured
-- cases:
--   small: [75]
SELECT p.id, latest.starts_at
FROM patients AS p
CROSS JOIN LATERAL (
  SELECT a.starts_at FROM appointments AS a WHERE a.patient_id = p.id ORDER BY a.starts_at DESC LIMIT 1
) AS latest
WHERE p.insurer_id = $1;

-- name: timeline-of-patient
-- cases:
--   frequent: [40]
--   rare:     [11000]
SELECT at, kind, what FROM patient_timeline WHERE patient_id = $1 ORDER BY at;

-- name: patients-without-visit
-- cases:
--   small: [75]
SELECT p.id FROM patients AS p
WHERE p.insurer_id = $1
  AND NOT EXISTS (SELECT 1 FROM appointments AS a WHERE a.patient_id = p.id AND a.state = 'done');

-- name: delete-patient
-- cases:
--   one: [11111]
DELETE FROM patients WHERE id = $1;

-- name: archive-patient
-- cases:
--   one: [11112]
UPDATE patients SET archived_at = timestamptz '2026-06-30 00:00+00' WHERE id = $1;
