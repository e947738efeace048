-- name: space-directory
SELECT s.id, s.slug, s.subscribers FROM spaces AS s
WHERE NOT s.removed
  AND EXISTS (SELECT 1 FROM memberships AS m WHERE m.space_id = s.id AND m.moderator_since IS NOT NULL)
ORDER BY s.subscribers DESC, s.id
LIMIT 40;

-- name: space-activity
-- cases:
--   large: [1]
SELECT day, threads FROM space_days WHERE space_id = $1 AND day >= date '2026-01-01' ORDER BY day;

-- name: report-queue
-- cases:
--   moderator: [7]
SELECT q.id, q.reason, q.created_at, s.slug, coalesce(t.title, p.body) AS what
FROM reports AS q
LEFT JOIN replies AS p ON p.id = q.reply_id
JOIN threads AS t ON t.id = coalesce(q.thread_id, p.thread_id)
JOIN spaces AS s ON s.id = t.space_id
WHERE NOT q.resolved
  AND EXISTS (SELECT 1 FROM memberships AS m WHERE m.space_id = s.id AND m.actor_id = $1 AND m.moderator_since IS NOT NULL)
ORDER BY q.created_at
LIMIT 30;

-- name: deliveries-to-instance
-- cases:
--   large: [1]
--   small: [150]
SELECT id, sent_at, activity FROM federation_log
WHERE instance_id = $1 AND sent_at >= timestamptz '2025-11-10 00:00+00' AND sent_at < timestamptz '2025-11-20 00:00+00'
ORDER BY sent_at DESC;
