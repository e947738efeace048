-- name: events-of-device
-- cases:
--   busy: [1]
SELECT kind, occurred_at, body FROM device_events WHERE device_id = $1 ORDER BY occurred_at DESC LIMIT 25;

-- name: recent-errors
SELECT id, device_id, body FROM device_events
WHERE kind = 'error' AND occurred_at >= timestamptz '2026-06-01 00:00+00'
ORDER BY occurred_at;

-- name: events-by-code
-- cases:
--   one: [E404]
SELECT id, device_id, occurred_at FROM device_events WHERE body ->> 'code' = $1;

-- name: notable-events-of-device
-- cases:
--   busy: [1]
--   calm: [9000]
SELECT kind, occurred_at FROM latest_events WHERE device_id = $1;

-- name: devices-that-never-rebooted
-- cases:
--   one: [150]
SELECT d.id FROM devices AS d
WHERE d.site_id = $1
  AND NOT EXISTS (SELECT 1 FROM device_events AS e WHERE e.device_id = d.id AND e.kind = 'reboot');

-- name: events-of-device-or-code
-- cases:
--   one: [9000, E404]
SELECT id FROM device_events WHERE device_id = $1
UNION
SELECT id FROM device_events WHERE body ->> 'code' = $2;
