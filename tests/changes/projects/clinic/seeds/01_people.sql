INSERT INTO departments (id, code, name, floor)
SELECT i, 'D' || lpad(i::text, 2, '0'), 'Department ' || i, (i % 6)::smallint FROM generate_series(1, 24) AS i;

INSERT INTO staff (id, department_id, role, name, active)
SELECT i, 1 + floor(24 * power((hashint8extended(i, 61) & 1048575) / 1048576.0::float8, 2))::int,
       (ARRAY['doctor', 'nurse', 'nurse', 'therapist'])[1 + i % 4], 'Staff ' || i, i % 9 > 0
FROM generate_series(1, 600) AS i;

INSERT INTO insurers (id, name, kind)
SELECT i, 'Insurer ' || i, CASE WHEN i % 5 = 0 THEN 'private' ELSE 'public' END FROM generate_series(1, 80) AS i;

INSERT INTO patients (id, medical_no, family_name, given_name, email, birth_date, postcode, city, insurer_id, archived_at, created_at)
SELECT i, 'M' || lpad((i * 7)::text, 9, '0'),
       initcap(substr(md5((h & 2047)::text), 1, 6)), initcap(substr(md5((h >> 12 & 1023)::text), 7, 5)),
       'Patient' || i || '@Example.net', date '1930-01-01' + (h >> 22 & 32767)::int,
       lpad((10000 + place * 97)::text, 5, '0'), 'town' || place,
       1 + floor(80 * power((hashint8extended(i, 63) & 1048575) / 1048576.0::float8, 2))::int,
       CASE WHEN h & 31 = 3 THEN timestamptz '2026-01-01 00:00+00' END,
       timestamptz '2020-01-01 00:00+00' + i * interval '4 hours'
FROM (SELECT i, hashint8extended(i, 62) AS h, ((hashint8extended(i, 64) & 1048575) % 60)::int AS place
      FROM generate_series(1, 12000) AS i) AS drawn
ORDER BY i;

INSERT INTO care_team (patient_id, staff_id, since)
SELECT DISTINCT i, 1 + floor(600 * power((hashint8extended(i * 2 + n, 65) & 1048575) / 1048576.0::float8, 2))::int, date '2026-01-01'
FROM generate_series(1, 12000) AS i CROSS JOIN generate_series(0, 1) AS n
ORDER BY 1, 2;

-- The queries ask for patient 40 in the name of staff member 7.
INSERT INTO care_team (patient_id, staff_id, since) VALUES (40, 7, date '2026-01-01') ON CONFLICT DO NOTHING;
