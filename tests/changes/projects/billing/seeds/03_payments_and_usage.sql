INSERT INTO payments (id, tenant_id, invoice_id, method, amount_cents, paid_at)
SELECT id, tenant_id, id, (ARRAY['card', 'card', 'card', 'sepa', 'wire'])[1 + id % 5], total_cents,
       timestamptz '2026-01-01 00:00+00' + id * interval '6 minutes'
FROM invoices
WHERE status = 'paid'
ORDER BY id;

INSERT INTO usage_records (tenant_id, customer_id, day, metric, units)
SELECT tenant_id, id, date '2026-05-01' + d, 'requests', 10 + ((id * 31 + d) % 97)::int
FROM customers CROSS JOIN generate_series(0, 3) AS d
ORDER BY id, d;
