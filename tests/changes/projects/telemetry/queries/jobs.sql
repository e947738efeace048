-- name: next-jobs
-- cases:
--   mail: [mail]
SELECT id, payload FROM jobs
WHERE queue = $1 AND state = 'ready'
ORDER BY priority, run_at
LIMIT 10
FOR UPDATE SKIP LOCKED;

-- name: open-critical-alerts
SELECT a.id, a.device_id, d.serial FROM alerts AS a JOIN devices AS d ON d.id = a.device_id
WHERE a.level = 'critical' AND a.closed_at IS NULL
ORDER BY a.opened_at;

-- name: alerts-of-device
-- cases:
--   busy: [1]
SELECT id, level, opened_at FROM alerts WHERE device_id = $1;

-- name: close-alerts-of-device
-- cases:
--   one: [42]
UPDATE alerts SET closed_at = timestamptz '2026-06-28 00:00+00' WHERE device_id = $1 AND closed_at IS NULL;

-- name: delete-old-events
DELETE FROM device_events WHERE kind = 'update' AND occurred_at < timestamptz '2026-05-10 00:00+00';
