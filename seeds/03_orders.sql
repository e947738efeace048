-- 60,000 orders in a year, one every 525 seconds, each with one to three lines. Some users order far more than
-- others; multiplying by a prime scatters those over the ids. An order's tenant is its user's.
WITH buyers AS (
  SELECT i,
         1 + floor(20000 * power((hashint8extended(i, 21) & 1048575) / 1048576.0::float8, 1.5))::bigint * 7919 % 20000
           AS user_id,
         hashint8extended(i, 22) & 1048575 AS fate,
         hashint8extended(i, 23) & 1048575 AS place
  FROM generate_series(1, 60000) AS i
), shelf AS (
  SELECT tenant_id, min(id) AS first_id, count(*) AS products FROM products GROUP BY tenant_id
), lines AS MATERIALIZED (
  SELECT i AS order_id, line_no, product.id AS product_id, product.price_cents,
         1 + (hashint8extended(i, 30 + line_no) & 1048575) % 4 AS quantity
  FROM buyers
  JOIN users ON users.id = user_id
  JOIN shelf ON shelf.tenant_id = users.tenant_id
  CROSS JOIN LATERAL generate_series(1, 1 + place % 3) AS line_no
  JOIN products AS product ON product.id =
    first_id + floor(products * power((hashint8extended(i, 40 + line_no) & 1048575) / 1048576.0::float8, 2))::bigint
), written AS (
  INSERT INTO orders (id, tenant_id, user_id, number, status, currency, country, total_cents, created_at, updated_at,
                      shipped_at)
  SELECT i, users.tenant_id, user_id,
         'A-' || lpad(i::text, 7, '0'),
         status,
         CASE country WHEN 'CH' THEN 'CHF' WHEN 'US' THEN 'USD' WHEN 'GB' THEN 'GBP' WHEN 'PL' THEN 'PLN' ELSE 'EUR' END,
         country, total_cents, ordered_at, ordered_at + fate % 4000 * interval '1 minute',
         CASE WHEN status IN ('shipped', 'completed') THEN ordered_at + (600 + fate % 3400) * interval '1 minute' END
  FROM buyers
  JOIN users ON users.id = user_id
  JOIN (SELECT order_id, sum(quantity * price_cents) AS total_cents FROM lines GROUP BY order_id) AS total ON order_id = i
  CROSS JOIN LATERAL (
    SELECT timestamptz '2025-07-01 00:00+00' + i * interval '525 seconds' AS ordered_at,
           (ARRAY['DE', 'DE', 'DE', 'DE', 'DE', 'DE', 'DE', 'FR', 'FR', 'FR', 'FR', 'AT', 'AT', 'NL', 'NL', 'US', 'US',
                  'CH', 'GB', 'PL'])[1 + place / 3 % 20] AS country,
           CASE
             WHEN fate % 100 < 3 THEN 'draft'
             WHEN fate % 100 < 9 THEN 'cancelled'
             WHEN i > 58500 THEN CASE WHEN fate % 3 = 0 THEN 'placed' ELSE 'paid' END
             WHEN i > 56000 THEN 'shipped'
             WHEN fate % 1000 = 10 THEN 'paid'
             ELSE 'completed'
           END AS status
  ) AS story
  ORDER BY i
)
INSERT INTO order_items (order_id, line_no, product_id, quantity, unit_price_cents)
SELECT order_id, line_no, product_id, quantity, price_cents
FROM lines
ORDER BY order_id, line_no;
