-- name: devices-by-serial-prefix
-- cases:
--   prefix: ["C4%"]
SELECT id, serial, model FROM devices WHERE serial LIKE $1 ORDER BY serial;

-- name: devices-of-site
-- cases:
--   big:   [1]
--   small: [190]
SELECT d.id, d.serial, s.battery, s.seen_at
FROM devices AS d
LEFT JOIN device_status AS s ON s.device_id = d.id
WHERE d.site_id = $1;

-- name: devices-with-label
-- cases:
--   owner: ["{owner-77}"]
SELECT id, serial FROM devices WHERE labels @> $1::text[];

-- name: devices-in-zone
SELECT id, serial FROM devices WHERE config @> '{"zone": "z123"}';

-- name: beta-devices
SELECT id, serial, site_id FROM devices WHERE firmware = '3.0-beta' AND retired_at IS NULL;

-- name: devices-by-ids
-- cases:
--   six: ["{5, 77, 1234, 4321, 7777, 9999}"]
SELECT id, serial, model FROM devices WHERE id = ANY ($1::integer[]);

-- name: save-status
-- cases:
--   one: [55, 80]
INSERT INTO device_status (device_id, battery, seen_at)
VALUES ($1, $2, timestamptz '2026-06-28 12:00+00')
ON CONFLICT (device_id) DO UPDATE SET battery = excluded.battery, seen_at = excluded.seen_at;

-- name: weak-devices-of-region
SELECT s.name, count(*) AS weak
FROM sites AS s
JOIN devices AS d ON d.site_id = s.id
JOIN device_status AS t ON t.device_id = d.id
WHERE s.region = 'north' AND t.battery < 5
GROUP BY s.name
ORDER BY weak DESC, s.name;

-- name: devices-with-override
SELECT id, serial FROM devices WHERE config ? 'override';
