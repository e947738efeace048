INSERT INTO drugs (code, name, class, leaflet)
SELECT 'RX' || lpad(i::text, 4, '0'), 'Drug ' || i, 'class-' || i % 40,
       to_tsvector('english', 'take ' || md5(i::text) || CASE WHEN i % 97 = 0 THEN ' may cause drowsiness' ELSE ' with water' END)
FROM generate_series(1, 3000) AS i;

INSERT INTO prescriptions (id, patient_id, drug_code, starts_on, ends_on, repeats)
SELECT i, 1 + floor(12000 * power((hashint8extended(i, 70) & 1048575) / 1048576.0::float8, 2))::int,
       'RX' || lpad((1 + floor(3000 * power((hashint8extended(i, 71) & 1048575) / 1048576.0::float8, 2))::int)::text, 4, '0'),
       date '2025-01-01' + i / 50, CASE WHEN i % 20 > 0 THEN date '2025-01-15' + i / 50 END, (i % 4)::smallint
FROM generate_series(1, 24000) AS i;

INSERT INTO lab_results (id, patient_id, panel, findings, taken_at, reviewed_by)
SELECT i, 1 + floor(12000 * power((hashint8extended(i, 72) & 1048575) / 1048576.0::float8, 2))::int,
       (ARRAY['blood', 'blood', 'blood', 'urine', 'liver', 'kidney'])[1 + (h & 1048575) % 6],
       jsonb_build_object('k', 30 + (h >> 8 & 31), 'na', 130 + (h >> 13 & 15), 'device', 'a' || (h >> 17 & 127),
                          'flag', CASE WHEN h >> 30 & 127 = 5 THEN 'critical' WHEN h >> 30 & 7 = 1 THEN 'high' ELSE 'normal' END),
       timestamptz '2025-07-01 00:00+00' + i * interval '25 minutes', CASE WHEN h >> 40 & 63 > 0 THEN 1 + (h & 255)::int END
FROM (SELECT i, hashint8extended(i, 73) AS h FROM generate_series(1, 20000) AS i) AS drawn
ORDER BY i;

INSERT INTO audit_log (table_name, row_id, detail, at)
SELECT (ARRAY['patients', 'appointments', 'lab_results'])[1 + i % 3], i / 3, jsonb_build_object('by', i % 600),
       timestamptz '2026-01-01 00:00+00' + i * interval '6 minutes'
FROM generate_series(1, 20000) AS i;
