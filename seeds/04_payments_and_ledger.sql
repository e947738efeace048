-- One payment for each order that got that far; one order in fifty needed a second attempt.
WITH attempts AS (
  SELECT orders.*, attempt, hashint8extended(orders.id, 50 + attempt) & 1048575 AS draw
  FROM orders
  CROSS JOIN generate_series(CASE WHEN id % 50 = 7 THEN 0 ELSE 1 END, 1) AS attempt
  WHERE status IN ('paid', 'shipped', 'completed') OR status = 'placed' AND id % 4 > 0
), numbered AS (
  SELECT *,
         row_number() OVER (ORDER BY created_at, attempt) AS payment_id,
         created_at + (attempt * 40 + draw % 30) * interval '1 second' AS tried_at,
         CASE
           WHEN attempt = 0 THEN 'failed'
           WHEN status = 'placed' THEN 'authorized'
           WHEN draw % 16 = 0 THEN 'refunded'
           ELSE 'captured'
         END AS outcome
  FROM attempts
)
INSERT INTO payments (id, tenant_id, order_id, provider, provider_ref, status, amount_cents, created_at, captured_at)
SELECT payment_id, tenant_id, id,
       CASE WHEN draw % 10 < 7 THEN 'stripe' WHEN draw % 10 < 9 THEN 'adyen' ELSE 'paypal' END,
       'pay_' || substr(md5(payment_id::text), 1, 20),
       outcome, total_cents, tried_at,
       CASE WHEN outcome IN ('captured', 'refunded') THEN tried_at + (1 + draw % 48) * interval '1 hour' END
FROM numbered
ORDER BY payment_id;

INSERT INTO refunds (id, payment_id, amount_cents, reason, created_at)
SELECT row_number() OVER (ORDER BY refunded_at, id), id,
       CASE WHEN draw % 5 = 0 THEN 1 + amount_cents / 2 ELSE amount_cents END,
       (ARRAY['damaged', 'damaged', 'late', 'late', 'late', 'wrong item', 'changed mind', 'changed mind', 'changed mind',
              'fraud'])[1 + draw % 10],
       refunded_at
FROM (
  SELECT id, amount_cents, draw, captured_at + (1 + draw % 600) * interval '1 hour' AS refunded_at
  FROM payments
  CROSS JOIN LATERAL (SELECT hashint8extended(id, 60) & 1048575 AS draw) AS dice
  WHERE status = 'refunded'
) AS refunded
ORDER BY refunded_at, id;

-- Written as money moves, so the table's physical order is that of posted_at.
INSERT INTO ledger_entries (id, tenant_id, payment_id, kind, amount_cents, posted_at)
SELECT row_number() OVER (ORDER BY posted_at, payment_id, kind), tenant_id, payment_id, kind, amount_cents, posted_at
FROM (
  SELECT tenant_id, id AS payment_id, 'capture' AS kind, amount_cents, captured_at AS posted_at
  FROM payments
  WHERE captured_at IS NOT NULL
  UNION ALL
  SELECT tenant_id, payments.id, 'refund', -refunds.amount_cents, refunds.created_at
  FROM refunds
  JOIN payments ON payments.id = payment_id
) AS movements
ORDER BY posted_at, payment_id, kind;

-- The platform keeps daily figures for a quarter.
INSERT INTO daily_sales (tenant_id, day, order_count, gross_cents)
SELECT tenant_id, (created_at AT TIME ZONE 'UTC')::date AS day, count(*), sum(total_cents)
FROM orders
WHERE created_at >= '2026-04-01 00:00+00' AND status NOT IN ('draft', 'cancelled')
GROUP BY tenant_id, day
ORDER BY day, tenant_id;
