-- A provider's webhook names its own reference. The hottest query of the service, so a fifth more counts already.
-- name: payment-by-provider-ref
-- owner: "@payments"
-- cases:
--   stripe: [stripe, pay_7c77f048a2d02e784926]
-- rules:
--   cost-increased: { maxRatio: 1.2, minIncreasePlannerUnits: 2 }
SELECT payments.id, payments.status, payments.amount_cents, orders.id AS order_id, orders.status AS order_status
FROM payments
JOIN orders ON orders.id = payments.order_id
WHERE payments.provider = $1 AND payments.provider_ref = $2;

-- The revenue tile of the dashboard.
-- name: revenue-of-tenant
-- owner: "@payments"
-- cases:
--   hot tenant:  [1, "2026-04-01", "2026-07-01"]
--   cold tenant: [742, "2026-04-01", "2026-07-01"]
SELECT status, count(*) AS payments, sum(amount_cents) AS amount_cents
FROM payments
WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3
GROUP BY status;

-- Several workers capture payments at the same time, each its own batch.
-- name: claim-payments-to-capture
-- owner: "@payments"
-- cases:
--   due: ["2026-06-30"]
SELECT id, provider, provider_ref, amount_cents
FROM payments
WHERE status = 'authorized' AND created_at < $1
ORDER BY created_at
LIMIT 20
FOR UPDATE SKIP LOCKED;

-- name: capture-payment
-- owner: "@payments"
-- cases:
--   authorized payment: [55594, "2026-07-01 10:00:00"]
UPDATE payments
SET status = 'captured', captured_at = $2
WHERE id = $1 AND status = 'authorized';

-- name: orders-never-paid
-- owner: "@payments"
-- cases:
--   hot tenant:  [1, "2026-06-15"]
--   cold tenant: [742, "2026-06-15"]
SELECT orders.id, orders.number, orders.total_cents
FROM orders
WHERE orders.tenant_id = $1 AND orders.created_at >= $2 AND orders.status = 'placed'
  AND NOT EXISTS (SELECT FROM payments WHERE payments.order_id = orders.id);

-- name: refunded-orders-of-tenant
-- owner: "@payments"
-- cases:
--   hot tenant:  [1, "2026-06-01", "2026-07-01"]
--   cold tenant: [742, "2026-06-01", "2026-07-01"]
SELECT orders.id, orders.number, orders.total_cents
FROM orders
WHERE orders.tenant_id = $1 AND orders.created_at >= $2 AND orders.created_at < $3
  AND EXISTS (
    SELECT FROM payments
    JOIN refunds ON refunds.payment_id = payments.id
    WHERE payments.order_id = orders.id
  );

-- name: refund-reasons-of-product
-- owner: "@payments"
-- cases:
--   best seller: [1]
--   slow seller: [5200]
SELECT refunds.reason, count(*) AS refunds, sum(refunds.amount_cents) AS amount_cents
FROM order_items AS items
JOIN payments ON payments.order_id = items.order_id
JOIN refunds ON refunds.payment_id = payments.id
WHERE items.product_id = $1
GROUP BY refunds.reason
ORDER BY refunds DESC;
