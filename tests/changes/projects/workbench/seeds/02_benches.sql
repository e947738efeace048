INSERT INTO blueprints (id, org_id, name, display_name, deleted, acl, created_at)
SELECT i, 1 + floor(120 * power((hashint8extended(i, 202) & 1048575) / 1048576.0::float8, 3))::int,
       (ARRAY['Docker', 'Kubernetes', 'Windows', 'Gpu', 'Mobile'])[1 + i % 5] || '-' || i, 'Blueprint ' || i, i % 17 = 0,
       jsonb_build_object('everyone', i % 3 = 0), timestamptz '2025-01-01 00:00+00' + i * interval '8 hours'
FROM generate_series(1, 800) AS i;

INSERT INTO benches (id, org_id, owner_id, blueprint_id, name, labels, autostart, ttl_minutes, deleted, dormant_at, last_used_at, created_at)
SELECT i, org, 1 + floor(6000 * power((hashint8extended(i, 203) & 1048575) / 1048576.0::float8, 1.6))::int,
       1 + floor(800 * power((hashint8extended(i, 204) & 1048575) / 1048576.0::float8, 2))::int, 'Bench-' || i,
       CASE WHEN i % 150 = 0 THEN ARRAY['gpu', 'prod'] WHEN i % 4 = 0 THEN ARRAY['prod', 'zone' || i % 20] ELSE ARRAY['dev'] END,
       CASE WHEN i % 5 = 0 THEN '0 8 * * 1-5' END, CASE WHEN i % 3 = 0 THEN 480 END, h & 7 = 0,
       CASE WHEN h & 63 = 9 THEN timestamptz '2026-06-01 00:00+00' END,
       timestamptz '2026-06-30 00:00+00' - ((h >> 8 & 1048575) % 260000) * interval '1 minute', timestamptz '2025-01-01 00:00+00' + i * interval '1 hour'
FROM (SELECT i, hashint8extended(i, 205) AS h, 1 + floor(120 * power((hashint8extended(i, 206) & 1048575) / 1048576.0::float8, 3))::int AS org
      FROM generate_series(1, 12000) AS i) AS drawn
ORDER BY i;
