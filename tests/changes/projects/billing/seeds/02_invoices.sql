INSERT INTO invoices (id, tenant_id, customer_id, number, status, issued_on, due_on, total_cents)
SELECT i, c.tenant_id, c.id, 'INV-' || lpad(i::text, 7, '0'),
       CASE WHEN h & 63 < 2 THEN 'open' WHEN h & 63 = 2 THEN 'void' ELSE 'paid' END,
       date '2025-01-01' + i / 80, date '2025-01-31' + i / 80, 900 + (h >> 10 & 65535)
FROM (SELECT i, hashint8extended(i, 33) AS h,
             1 + floor(15000 * power((hashint8extended(i, 34) & 1048575) / 1048576.0::float8, 2))::bigint AS buyer
      FROM generate_series(1, 40000) AS i) AS drawn
JOIN customers AS c ON c.id = buyer
ORDER BY i;

INSERT INTO invoice_lines (invoice_id, line_no, sku, quantity, unit_cents)
SELECT 1 + i % 40000, 1 + i / 40000, 'SKU-' || (1 + floor(800 * power((h & 1048575) / 1048576.0::float8, 2)))::int,
       1 + ((h >> 20) & 7)::int, 100 + ((h >> 24) & 4095)
FROM (SELECT i, hashint8extended(i, 35) AS h FROM generate_series(0, 69999) AS i) AS drawn
ORDER BY 1, 2;
