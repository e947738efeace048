-- name: person-by-email
-- cases:
--   one: ["user118@mail38.example"]
SELECT id, username, status FROM people WHERE lower(email) = lower($1) AND NOT deleted;

-- name: members-of-org
-- cases:
--   middle: [30]
SELECT p.id, p.username, m.roles
FROM memberships AS m
JOIN people AS p ON p.id = m.person_id
WHERE m.org_id = $1 AND NOT p.deleted
ORDER BY p.username;

-- name: audit-page
-- cases:
--   one: ["2026-06-01 00:00+00", "2026-07-01 00:00+00"]
SELECT e.id, e.occurred_at, e.action, e.resource_kind, e.resource_id, p.username
FROM audit_events AS e
LEFT JOIN people AS p ON p.id = e.actor_id
WHERE e.occurred_at >= $1 AND e.occurred_at < $2
ORDER BY e.occurred_at DESC
LIMIT 50;

-- name: audit-of-resource
-- cases:
--   one: ["bench", 248]
SELECT id, occurred_at, action, diff FROM audit_events WHERE resource_kind = $1 AND resource_id = $2;

-- name: audit-actions-of-month
-- cases:
--   may: ["2026-05-01 00:00+00", "2026-06-01 00:00+00"]
SELECT action, count(*) FROM audit_events WHERE occurred_at >= $1 AND occurred_at < $2 GROUP BY action;

-- name: inbox
-- cases:
--   busy: [2]
SELECT id, payload ->> 'title' AS title, created_at FROM messages WHERE person_id = $1 ORDER BY created_at DESC LIMIT 20;

-- name: lease-messages
-- cases:
--   now: ["2026-06-30 00:00+00"]
WITH due AS (
  SELECT id FROM messages
  WHERE status IN ('pending', 'failed') AND next_attempt_at <= $1
  ORDER BY next_attempt_at
  LIMIT 20
  FOR UPDATE SKIP LOCKED
), leased AS (
  UPDATE messages AS m SET status = 'leased', leased_until = $1::timestamptz + interval '5 minutes'
  FROM due WHERE m.id = due.id
  RETURNING m.id, m.person_id, m.payload
)
SELECT l.id, p.email, l.payload FROM leased AS l JOIN people AS p ON p.id = l.person_id;

-- name: mark-messages-sent
-- cases:
--   some: [[101, 5002, 9003, 15004, 19005]]
UPDATE messages AS m SET status = 'sent', attempts = m.attempts + 1
FROM unnest($1::bigint[]) AS s (id)
WHERE m.id = s.id;
