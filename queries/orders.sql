-- name: order-by-number
-- owner: "@checkout"
-- cases:
--   known number: [1, A-0031348]
-- plans: [custom, generic]
SELECT id, status, currency, total_cents, created_at
FROM orders
WHERE tenant_id = $1 AND number = $2;

-- The first page of the order list, loaded whenever a shop opens its back office.
-- name: recent-orders-of-tenant
-- owner: "@checkout"
-- cases:
--   hot tenant:  [1, "2026-06-01"]
--   cold tenant: [742, "2026-06-01"]
-- plans: [custom, generic]
SELECT id, number, status, total_cents, created_at
FROM orders
WHERE tenant_id = $1 AND created_at >= $2
ORDER BY created_at DESC, id DESC
LIMIT 50;

-- name: next-page-of-orders
-- owner: "@checkout"
-- cases:
--   hot tenant:  [1, "2026-03-15 12:00:00", 43000]
--   cold tenant: [742, "2026-03-15 12:00:00", 43000]
SELECT id, number, status, total_cents, created_at
FROM orders
WHERE tenant_id = $1 AND (created_at, id) < ($2, $3)
ORDER BY created_at DESC, id DESC
LIMIT 50;

-- A batch of the search index' rebuild.
-- name: orders-by-ids
-- owner: "@platform"
-- cases:
--   eight ids: ["{101,2102,9103,17104,24105,33106,41107,59108}"]
SELECT id, tenant_id, number, status, total_cents
FROM orders
WHERE id = ANY ($1::bigint[]);

-- Orders that came to nothing.
-- name: orders-in-states
-- owner: "@backoffice"
-- cases:
--   hot tenant:  [1, "2026-06-01", draft, cancelled]
--   cold tenant: [742, "2026-06-01", draft, cancelled]
SELECT id, number, status, total_cents
FROM orders
WHERE tenant_id = $1 AND created_at >= $2 AND status IN ($3, $4)
ORDER BY created_at;

-- name: items-of-order
-- owner: "@checkout"
-- cases:
--   any order: [31348]
SELECT items.line_no, products.sku, products.name, items.quantity, items.unit_price_cents
FROM order_items AS items
JOIN products ON products.id = items.product_id
WHERE items.order_id = $1
ORDER BY items.line_no;

-- One row for each line of an invoice, with everything that is printed on it.
-- name: invoice-lines
-- owner: "@checkout"
-- cases:
--   any order: [1, A-0031348]
SELECT tenants.name AS shop, users.full_name, orders.number, payments.provider_ref, payments.captured_at,
       items.line_no, products.name, items.quantity * items.unit_price_cents AS line_cents
FROM orders
JOIN tenants ON tenants.id = orders.tenant_id
JOIN users ON users.id = orders.user_id
JOIN order_items AS items ON items.order_id = orders.id
JOIN products ON products.id = items.product_id
LEFT JOIN payments ON payments.order_id = orders.id AND payments.status IN ('captured', 'refunded')
WHERE orders.tenant_id = $1 AND orders.number = $2
ORDER BY items.line_no;

-- Oldest first, as they are packed.
-- name: orders-to-ship
-- owner: "@fulfilment"
-- cases:
--   hot tenant:  [1]
--   cold tenant: [742]
SELECT id, number, total_cents, created_at
FROM orders
WHERE tenant_id = $1 AND status = 'paid'
ORDER BY created_at
LIMIT 100;

-- name: orders-per-day-and-status
-- owner: "@growth"
-- cases:
--   hot tenant:  [1, "2026-06-01", "2026-07-01"]
--   cold tenant: [742, "2026-06-01", "2026-07-01"]
SELECT date_trunc('day', created_at) AS day, status, count(*) AS orders, sum(total_cents) AS gross_cents
FROM orders
WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3
GROUP BY day, status
ORDER BY day, status;

-- The staff's customer list shows what each of them bought last.
-- name: last-orders-of-users
-- owner: "@backoffice"
-- cases:
--   five users: ["{1,2003,4711,12000,19999}"]
SELECT users.id, users.full_name, latest.number, latest.total_cents, latest.created_at
FROM users
CROSS JOIN LATERAL (
  SELECT number, total_cents, created_at
  FROM orders
  WHERE orders.user_id = users.id
  ORDER BY created_at DESC
  LIMIT 3
) AS latest
WHERE users.id = ANY ($1::bigint[]);

-- How long customers wait between two orders.
-- name: days-between-orders
-- owner: "@growth"
-- cases:
--   busy user:  [1]
--   quiet user: [13801]
SELECT number, created_at, created_at - lag(created_at) OVER (ORDER BY created_at) AS since_previous,
       sum(total_cents) OVER (ORDER BY created_at) AS spent_so_far
FROM orders
WHERE user_id = $1 AND status <> 'cancelled'
ORDER BY created_at;

-- A nightly report reads the whole table. Nobody waits for it: up to three times the cost is accepted.
-- name: average-order-of-market
-- owner: "@growth"
-- cases:
--   Switzerland: [CH, CHF]
-- rules:
--   cost-increased: { maxRatio: 3 }
SELECT users.role, count(*) AS orders, avg(orders.total_cents) AS average_cents
FROM orders
JOIN users ON users.id = orders.user_id
WHERE orders.country = $1 AND orders.currency = $2
GROUP BY users.role;

-- name: ship-order
-- owner: "@fulfilment"
-- cases:
--   paid order: [59998, "2026-07-01 09:00:00"]
UPDATE orders
SET status = 'shipped', shipped_at = $2, updated_at = $2
WHERE id = $1 AND status = 'paid';

-- Lines go with their order (ON DELETE CASCADE).
-- name: discard-draft
-- owner: "@checkout"
-- cases:
--   draft order: [59981]
DELETE FROM orders
WHERE id = $1 AND status = 'draft';
