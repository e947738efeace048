-- name: invoice-by-number
-- cases:
--   big tenant:   [1, INV-0000123]
--   small tenant: [280, INV-0000123]
-- plans: [custom, generic]
SELECT id, status, total_cents FROM invoices WHERE tenant_id = $1 AND number = $2;

-- name: invoices-of-customer
-- cases:
--   loyal: [12]
--   fresh: [14990]
SELECT i.id, i.number, i.status, sum(l.quantity * l.unit_cents) AS cents
FROM invoices AS i
JOIN invoice_lines AS l ON l.invoice_id = i.id
WHERE i.customer_id = $1
GROUP BY i.id, i.number, i.status;

-- name: overdue-invoices
SELECT tenant_id, total_cents, due_on FROM invoices WHERE status = 'open' AND due_on < date '2025-03-01';

-- name: overdue-of-tenant
-- cases:
--   big:   [1]
--   small: [280]
SELECT count(*), sum(total_cents) FROM invoices WHERE tenant_id = $1 AND status = 'open' AND due_on < date '2026-01-01';

-- name: open-invoices-of-customer
-- cases:
--   loyal: [12]
SELECT number, due_on, total_cents, customer_name FROM open_invoices WHERE customer_id = $1;

-- name: invoices-issued-in-month
SELECT count(*), sum(total_cents) FROM invoices
WHERE date_trunc('month', issued_on::timestamp) = timestamp '2025-03-01';

-- name: sku-revenue
-- cases:
--   seldom: [SKU-799]
SELECT i.tenant_id, sum(l.quantity * l.unit_cents) AS cents
FROM invoice_lines AS l
JOIN invoices AS i ON i.id = l.invoice_id
WHERE l.sku = $1
GROUP BY i.tenant_id
ORDER BY cents DESC;

-- name: unpaid-invoices-without-payment
-- cases:
--   one: [7]
SELECT i.id, i.number FROM invoices AS i
WHERE i.tenant_id = $1 AND i.status <> 'void'
  AND NOT EXISTS (SELECT 1 FROM payments AS p WHERE p.invoice_id = i.id);

-- name: void-invoice
-- cases:
--   one: [4242]
UPDATE invoices SET status = 'void' WHERE id = $1;

-- name: delete-invoice
-- cases:
--   one: [4243]
DELETE FROM invoices WHERE id = $1;

-- name: latest-invoice-lines
-- cases:
--   page: [20000]
SELECT invoice_id, line_no, sku FROM invoice_lines WHERE invoice_id > $1 ORDER BY invoice_id, line_no LIMIT 50;
