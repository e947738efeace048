-- Support sees what a customer did around a date; one month's partition holds it.
-- name: events-of-user
-- owner: "@support"
-- cases:
--   busy user:  [1, "2026-05-14", "2026-05-24"]
--   quiet user: [13801, "2026-05-14", "2026-05-24"]
-- plans: [custom, generic]
SELECT event_type, payload, occurred_at
FROM customer_events
WHERE user_id = $1 AND occurred_at >= $2 AND occurred_at < $3
ORDER BY occurred_at DESC;

-- The last things a customer did, whenever that was: the newest row of every partition is a candidate.
-- name: last-events-of-user
-- owner: "@support"
-- cases:
--   busy user:  [1]
--   quiet user: [13801]
SELECT event_type, occurred_at
FROM customer_events
WHERE user_id = $1
ORDER BY occurred_at DESC
LIMIT 20;

-- name: support-chats-of-tenant
-- owner: "@support"
-- cases:
--   hot tenant:  [1, "2026-05-01", "2026-07-01"]
--   cold tenant: [742, "2026-05-01", "2026-07-01"]
SELECT user_id, payload, occurred_at
FROM customer_events
WHERE tenant_id = $1 AND event_type = 'support_chat' AND occurred_at >= $2 AND occurred_at < $3
ORDER BY occurred_at;

-- name: funnel-of-month
-- owner: "@growth"
-- cases:
--   June: ["2026-06-01", "2026-07-01"]
SELECT event_type, count(*) AS events, count(DISTINCT user_id) AS users
FROM customer_events
WHERE occurred_at >= $1 AND occurred_at < $2
GROUP BY event_type;
