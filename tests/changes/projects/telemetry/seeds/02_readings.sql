INSERT INTO readings (device_id, metric, recorded_at, value)
SELECT 1 + floor(10000 * power((hashint8extended(i, 53) & 1048575) / 1048576.0::float8, 2))::int,
       (ARRAY['temperature', 'humidity', 'pressure'])[1 + i % 3],
       timestamptz '2026-06-01 00:00+00' + i * interval '40 seconds', (hashint8extended(i, 54) & 4095) / 16.0
FROM generate_series(0, 59999) AS i;

INSERT INTO device_events (id, device_id, kind, body, occurred_at)
SELECT i, 1 + floor(10000 * power((hashint8extended(i, 55) & 1048575) / 1048576.0::float8, 2))::int,
       (ARRAY['heartbeat', 'reboot', 'error', 'update'])[CASE WHEN h & 63 = 1 THEN 2 WHEN h & 63 < 4 THEN 3 WHEN h & 63 = 5 THEN 4 ELSE 1 END],
       jsonb_build_object('code', 'E' || (h >> 8 & 1023), 'uptime', h >> 20 & 65535),
       timestamptz '2026-05-01 00:00+00' + i * interval '2 minutes'
FROM (SELECT i, hashint8extended(i, 56) AS h FROM generate_series(1, 30000) AS i) AS drawn
ORDER BY i;
