-- name: history-of-order
-- owner: "@support"
-- cases:
--   any order: [order, 31338]
SELECT created_at, actor_id, action, changes
FROM audit_log
WHERE entity_type = $1 AND entity_id = $2
ORDER BY created_at DESC
LIMIT 50;

-- A monthly review: who was given access to a back office?
-- name: role-changes
-- owner: "@security"
-- cases:
--   became staff: ['{"role": {"to": "staff"}}']
SELECT tenant_id, actor_id, entity_id, created_at
FROM audit_log
WHERE changes @> $1::jsonb
ORDER BY created_at DESC;

-- Entries are kept for a year; the job runs every other night.
-- name: purge-audit-log
-- owner: "@security"
-- cases:
--   two days: ["2025-07-03"]
DELETE FROM audit_log
WHERE created_at < $1;
