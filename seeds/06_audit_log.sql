-- 30,000 changes in the year of the orders: seven of ten to an order of that day, up to three in a
-- row to the same one; the others to products and users.
INSERT INTO audit_log (id, tenant_id, actor_id, entity_type, entity_id, action, changes, created_at)
SELECT i, tenant_id,
       CASE WHEN draw % 6 > 0 THEN tenant_id END,
       entity_type, entity_id, 'update',
       CASE entity_type
         WHEN 'order' THEN (ARRAY[
           '{"status": {"from": "placed", "to": "paid"}}',
           '{"status": {"from": "paid", "to": "shipped"}}',
           '{"status": {"from": "shipped", "to": "completed"}}',
           '{"status": {"from": "placed", "to": "cancelled"}}'])[1 + draw % 4]::jsonb
         WHEN 'product' THEN jsonb_build_object(
           'price_cents', jsonb_build_object('from', draw % 19800 + 200, 'to', draw % 19000 + 1000))
         ELSE CASE WHEN draw % 20 = 0 THEN '{"role": {"from": "customer", "to": "staff"}}'::jsonb
                   ELSE jsonb_build_object('email', jsonb_build_object('to', 'user' || draw || '@example.com')) END
       END,
       timestamptz '2025-07-01 00:00+00' + i * interval '1050 seconds'
FROM (
  SELECT i, draw,
         CASE WHEN kind % 10 < 7 THEN 'order' WHEN kind % 10 < 9 THEN 'product' ELSE 'user' END AS entity_type,
         CASE
           WHEN kind % 10 < 7 THEN 6 * ((i + 2) / 3)
           WHEN kind % 10 < 9 THEN 1 + draw % 11000
           ELSE 1 + draw % 20000
         END AS entity_id
  FROM generate_series(1, 30000) AS i
  CROSS JOIN LATERAL (
    SELECT hashint8extended(i, 81) & 1048575 AS kind, hashint8extended(i, 82) & 1048575 AS draw
  ) AS dice
) AS drawn
CROSS JOIN LATERAL (
  SELECT tenant_id FROM orders WHERE entity_type = 'order' AND id = entity_id
  UNION ALL
  SELECT tenant_id FROM products WHERE entity_type = 'product' AND id = entity_id
  UNION ALL
  SELECT tenant_id FROM users WHERE entity_type = 'user' AND id = entity_id
) AS entity
ORDER BY i;
