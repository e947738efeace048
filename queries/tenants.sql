-- Every request to a shop begins with this one.
-- name: tenant-by-slug
-- owner: "@platform"
-- cases:
--   any shop: [shop-17]
SELECT id, name, plan
FROM tenants
WHERE slug = $1;

-- The account manager's overview: how a plan's shops did this month.
-- name: revenue-of-plan
-- owner: "@growth"
-- cases:
--   enterprise: [enterprise, "2026-06-01"]
SELECT tenants.id, tenants.name, revenue.net_cents, revenue.entries
FROM tenants
JOIN monthly_revenue AS revenue ON revenue.tenant_id = tenants.id
WHERE tenants.plan = $1 AND revenue.month = $2
ORDER BY revenue.net_cents DESC;

-- name: monthly-revenue-of-tenant
-- owner: "@growth"
-- cases:
--   hot tenant:  [1, "2025-07-01"]
--   cold tenant: [742, "2025-07-01"]
SELECT month, net_cents, entries
FROM monthly_revenue
WHERE tenant_id = $1 AND month >= $2
ORDER BY month;
