INSERT INTO rooms (id, department_id, label, capacity)
SELECT i, 1 + i % 24, 'R' || i, (1 + i % 8)::smallint FROM generate_series(1, 200) AS i;

INSERT INTO appointments (id, patient_id, staff_id, state, starts_at, minutes, reason)
SELECT i, 1 + floor(12000 * power((hashint8extended(i, 66) & 1048575) / 1048576.0::float8, 2))::int,
       1 + floor(600 * power((hashint8extended(i, 67) & 1048575) / 1048576.0::float8, 2))::int,
       (CASE WHEN h & 63 = 0 THEN 'requested' WHEN h & 63 < 5 THEN 'confirmed' WHEN h & 63 < 9 THEN 'cancelled'
             WHEN h & 63 < 12 THEN 'missed' ELSE 'done' END)::appointment_state,
       timestamptz '2025-07-01 00:00+00' + i * interval '13 minutes', (15 + 15 * (h >> 8 & 3))::smallint,
       (ARRAY['check-up', 'follow-up', 'vaccination', 'pain', 'surgery'])[1 + (h & 1048575) % 5] || ' ' || substr(md5(i::text), 1, 12)
FROM (SELECT i, hashint8extended(i, 68) AS h FROM generate_series(1, 40000) AS i) AS drawn
ORDER BY i;

INSERT INTO room_bookings (id, room_id, during)
SELECT i, 1 + i % 200, tstzrange(timestamptz '2026-06-01 00:00+00' + (i / 200) * interval '1 hour',
                                 timestamptz '2026-06-01 00:00+00' + (i / 200) * interval '1 hour' + interval '50 minutes')
FROM generate_series(0, 7999) AS i WHERE hashint8extended(i, 69) & 3 > 0;
