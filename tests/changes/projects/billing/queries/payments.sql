-- name: payments-of-week
-- cases:
--   big:   [1]
--   small: [290]
SELECT id, amount_cents, paid_at FROM payments
WHERE tenant_id = $1 AND paid_at >= timestamptz '2026-03-02 00:00+00' AND paid_at < timestamptz '2026-03-09 00:00+00'
ORDER BY paid_at;

-- name: payments-by-method
SELECT method, count(*), sum(amount_cents) FROM payments
WHERE paid_at >= timestamptz '2026-05-01 00:00+00' AND paid_at < timestamptz '2026-06-01 00:00+00'
GROUP BY method;

-- name: payment-of-invoice
-- cases:
--   one: [30001]
SELECT id, amount_cents, paid_at FROM payments WHERE invoice_id = $1;

-- name: usage-of-customer
-- cases:
--   one: [3, 12]
SELECT day, units FROM usage_records WHERE tenant_id = $1 AND customer_id = $2 ORDER BY day;

-- name: usage-of-tenant
-- cases:
--   big: [1]
SELECT customer_id, sum(units) AS units FROM usage_records WHERE tenant_id = $1 GROUP BY customer_id ORDER BY units DESC LIMIT 10;

-- name: revenue-of-tenant
-- cases:
--   one: [5]
SELECT month, cents FROM revenue_by_month WHERE tenant_id = $1 ORDER BY month;

-- name: all-usage-ranked
SELECT customer_id, units, rank() OVER (ORDER BY units DESC, customer_id, day) AS place FROM usage_records;
