-- An account statement: each movement with the balance after it.
-- name: statement-of-tenant
-- owner: "@ledger"
-- cases:
--   hot tenant:  [1, "2026-06-24", "2026-07-01"]
--   cold tenant: [742, "2026-06-14", "2026-06-21"]
SELECT id, kind, amount_cents, posted_at, sum(amount_cents) OVER (ORDER BY posted_at, id) AS balance_cents
FROM ledger_entries
WHERE tenant_id = $1 AND posted_at >= $2 AND posted_at < $3
ORDER BY posted_at, id;

-- Closing a day, over all tenants.
-- name: postings-of-day
-- owner: "@ledger"
-- cases:
--   end of month: ["2026-05-31", "2026-06-01"]
SELECT count(*) AS entries,
       sum(amount_cents) FILTER (WHERE kind = 'capture') AS captured_cents,
       sum(amount_cents) FILTER (WHERE kind = 'refund') AS refunded_cents
FROM ledger_entries
WHERE posted_at >= $1 AND posted_at < $2;

-- name: post-to-ledger
-- owner: "@ledger"
-- cases:
--   fee: [1, 55000, fee, -35, "2026-07-01 10:00:00"]
INSERT INTO ledger_entries (tenant_id, payment_id, kind, amount_cents, posted_at)
VALUES ($1, $2, $3, $4, $5);

-- Runs with every paid order: counts it on its day.
-- name: count-sale
-- owner: "@ledger"
-- cases:
--   day with sales:    [1, "2026-06-30", 4990]
--   first of the day:  [742, "2026-07-01", 4990]
INSERT INTO daily_sales (tenant_id, day, order_count, gross_cents)
VALUES ($1, $2, 1, $3)
ON CONFLICT (tenant_id, day) DO UPDATE
SET order_count = daily_sales.order_count + 1,
    gross_cents = daily_sales.gross_cents + excluded.gross_cents;
