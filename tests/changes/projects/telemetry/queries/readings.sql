-- name: latest-readings-of-device
-- cases:
--   busy: [1]
--   calm: [9500]
SELECT recorded_at, metric, value FROM readings
WHERE device_id = $1 AND recorded_at >= timestamptz '2026-06-20 00:00+00'
ORDER BY recorded_at DESC
LIMIT 50;

-- name: readings-of-week
SELECT metric, avg(value), count(*) FROM readings
WHERE recorded_at >= timestamptz '2026-06-15 00:00+00' AND recorded_at < timestamptz '2026-06-22 00:00+00'
GROUP BY metric;

-- name: readings-of-site
-- cases:
--   one: [120]
SELECT d.serial, max(r.value) AS highest
FROM devices AS d
JOIN readings AS r ON r.device_id = d.id
WHERE d.site_id = $1 AND r.recorded_at >= timestamptz '2026-06-22 00:00+00'
GROUP BY d.serial;
