-- name: customer-by-email
-- cases:
--   one: [billing99@example.com]
SELECT id, name FROM customers WHERE email = $1;

-- name: newest-customers
SELECT id, name, created_at FROM customers ORDER BY created_at DESC LIMIT 20;

-- name: customers-by-currency
SELECT c.id, c.name, t.slug
FROM customers AS c
JOIN tenants AS t ON t.id = c.tenant_id
WHERE c.currency = 'CHF' AND c.country = 'CH'
ORDER BY c.id;

-- name: customers-of-market
SELECT count(*) FROM invoices AS i JOIN customers AS c ON c.id = i.customer_id
WHERE c.currency = 'PLN' AND c.country = 'PL';

-- name: unpaid-of-customer
-- cases:
--   one: [12]
SELECT unpaid_cents($1::bigint);
