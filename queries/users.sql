-- Login.
-- name: user-by-email
-- owner: "@platform"
-- cases:
--   as typed: [1, "ADA.Costa11417@Example.com"]
SELECT id, full_name, role
FROM users
WHERE tenant_id = $1 AND lower(email) = lower($2);

-- Autocomplete in the back office.
-- name: users-by-name-prefix
-- owner: "@backoffice"
-- cases:
--   hot tenant:  [1, "greta s%"]
--   cold tenant: [742, "quentin%"]
SELECT id, full_name, email
FROM users
WHERE tenant_id = $1 AND lower(full_name) LIKE $2
ORDER BY lower(full_name)
LIMIT 10;

-- Whom to win back: customers who were seen lately and have not ordered since.
-- name: users-without-recent-order
-- owner: "@growth"
-- cases:
--   hot tenant:  [1, "2026-06-15", "2026-05-15"]
--   cold tenant: [742, "2026-02-01", "2026-05-01"]
SELECT users.id, users.email, users.last_seen_at
FROM users
WHERE users.tenant_id = $1
  AND users.last_seen_at >= $2
  AND NOT EXISTS (
    SELECT FROM orders WHERE orders.user_id = users.id AND orders.created_at >= $3
  );

-- name: touch-user
-- owner: "@platform"
-- cases:
--   seen again: [1203, "2026-07-01 08:15:00"]
UPDATE users
SET last_seen_at = $2
WHERE id = $1 AND (last_seen_at IS NULL OR last_seen_at < $2);
