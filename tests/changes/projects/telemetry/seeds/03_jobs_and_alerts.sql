INSERT INTO alerts (id, device_id, level, opened_at, closed_at)
SELECT i, 1 + floor(10000 * power((hashint8extended(i, 57) & 1048575) / 1048576.0::float8, 2))::int,
       (ARRAY['info', 'info', 'info', 'warning', 'critical'])[1 + (h & 1048575) % 5]::alert_level,
       timestamptz '2026-01-01 00:00+00' + i * interval '9 minutes',
       CASE WHEN h & 31 > 0 THEN timestamptz '2026-01-02 00:00+00' + i * interval '9 minutes' END
FROM (SELECT i, hashint8extended(i, 58) AS h FROM generate_series(1, 20000) AS i) AS drawn
ORDER BY i;

INSERT INTO jobs (id, queue, state, priority, run_at)
SELECT i, (ARRAY['mail', 'export', 'firmware'])[1 + (h & 1048575) % 3],
       CASE WHEN h & 31 = 0 THEN 'ready' WHEN h & 255 = 1 THEN 'failed' ELSE 'done' END,
       ((h >> 8) & 3)::int, timestamptz '2026-06-01 00:00+00' + i * interval '1 minute'
FROM (SELECT i, hashint8extended(i, 59) AS h FROM generate_series(1, 20000) AS i) AS drawn
ORDER BY i;
