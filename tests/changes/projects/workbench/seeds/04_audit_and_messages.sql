INSERT INTO audit_events (id, org_id, actor_id, resource_kind, resource_id, action, diff, occurred_at)
SELECT i, 1 + floor(120 * power((hashint8extended(i, 216) & 1048575) / 1048576.0::float8, 3))::int,
       1 + floor(6000 * power((hashint8extended(i, 217) & 1048575) / 1048576.0::float8, 2))::int,
       (ARRAY['bench', 'bench', 'bench', 'blueprint', 'person'])[1 + i % 5], 1 + ((hashint8extended(i, 218) & 1048575) % 12000)::int,
       (ARRAY['create', 'write', 'write', 'delete', 'start', 'start', 'stop', 'login'])[1 + i % 8]::audit_action,
       jsonb_build_object('old', md5(i::text), 'new', md5((i + 1)::text)), timestamptz '2026-01-01 00:00+00' + i * interval '6 minutes 30 seconds'
FROM generate_series(1, 39000) AS i;

INSERT INTO messages (id, person_id, status, payload, attempts, next_attempt_at, leased_until, read_at, created_at)
SELECT i, 1 + floor(6000 * power((hashint8extended(i, 219) & 1048575) / 1048576.0::float8, 2.5))::int,
       (CASE WHEN i > 19400 AND h & 3 = 0 THEN 'pending' WHEN h & 127 = 7 THEN 'failed' WHEN h & 63 = 9 THEN 'dropped' WHEN h & 1023 = 17 THEN 'leased' ELSE 'sent' END)::message_status,
       jsonb_build_object('title', 'Bench ' || i || ' is ready', 'kind', CASE WHEN i % 9 = 0 THEN 'alert' ELSE 'info' END, 'body', md5(i::text) || md5((i * 3)::text)),
       (h >> 10 & 3)::int, timestamptz '2026-04-01 00:00+00' + i * interval '6 minutes' + (h >> 12 & 7) * interval '1 minute', NULL,
       CASE WHEN h >> 16 & 3 > 0 THEN timestamptz '2026-04-01 00:00+00' + i * interval '7 minutes' END, timestamptz '2026-04-01 00:00+00' + i * interval '6 minutes'
FROM (SELECT i, hashint8extended(i, 220) AS h FROM generate_series(1, 20000) AS i) AS drawn
ORDER BY i;

INSERT INTO org_usage (org_id, day, builds, rx_bytes)
SELECT org, date '2026-01-01' + d, (org * 7 + d) % 50, org * 1000 + d
FROM generate_series(1, 120) AS org CROSS JOIN generate_series(0, 99) AS d
ON CONFLICT (org_id, day) DO UPDATE SET builds = excluded.builds;

REFRESH MATERIALIZED VIEW blueprint_usage;
