INSERT INTO sites (id, name, region)
SELECT i, 'Site ' || i, (ARRAY['north', 'south', 'east', 'west'])[1 + i % 4] FROM generate_series(1, 200) AS i;

INSERT INTO devices (id, site_id, serial, model, firmware, labels, config, retired_at, registered_at)
SELECT i, 1 + floor(200 * power((hashint8extended(i, 51) & 1048575) / 1048576.0::float8, 2))::int,
       upper(substr(md5(i::text), 1, 4)) || '-' || lpad(i::text, 6, '0'),
       'model-' || 1 + (h & 1048575) % 12,
       (ARRAY['1.0', '1.1', '2.0', '2.1', '2.2', '3.0-beta'])[CASE WHEN h & 127 = 0 THEN 6 ELSE 1 + (h & 1048575) % 5 END],
       ARRAY['floor-' || (h >> 4 & 15), 'owner-' || (h >> 10 & 255)],
       jsonb_build_object('interval', 10 * (1 + (h >> 3 & 3)), 'zone', 'z' || (h >> 6 & 511))
         || CASE WHEN h >> 20 & 255 = 9 THEN '{"override": true}' ELSE '{}' END::jsonb,
       CASE WHEN h & 7 > 1 THEN timestamptz '2026-05-01 00:00+00' END,
       timestamptz '2025-01-01 00:00+00' + i * interval '1 hour'
FROM (SELECT i, hashint8extended(i, 52) AS h FROM generate_series(1, 10000) AS i) AS drawn
ORDER BY i;

INSERT INTO device_status (device_id, battery, seen_at)
SELECT i, (i * 7919 % 101)::smallint, timestamptz '2026-06-28 00:00+00' - i * interval '1 second' FROM generate_series(1, 9900) AS i;
