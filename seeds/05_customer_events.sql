-- 90,000 events in the year of the orders, one every 350 seconds, by the same busy users.
INSERT INTO customer_events (id, tenant_id, user_id, event_type, payload, occurred_at)
SELECT i, tenant_id, users.id,
       CASE
         WHEN kind % 100 < 55 THEN 'page_view'
         WHEN kind % 100 < 80 THEN 'product_view'
         WHEN kind % 100 < 92 THEN 'cart_add'
         WHEN kind % 100 < 98 THEN 'checkout'
         WHEN kind % 100 < 99 THEN 'newsletter'
         ELSE 'support_chat'
       END,
       jsonb_build_object(
         'session', substr(md5((i / 5)::text), 1, 12),
         'device', CASE WHEN kind % 3 = 0 THEN 'desktop' ELSE 'phone' END
       ),
       timestamptz '2025-07-01 00:00+00' + i * interval '350 seconds'
FROM (
  SELECT i,
         1 + floor(20000 * power((hashint8extended(i, 71) & 1048575) / 1048576.0::float8, 1.5))::bigint * 7919 % 20000
           AS user_id,
         hashint8extended(i, 72) & 1048575 AS kind
  FROM generate_series(1, 90000) AS i
) AS drawn
JOIN users ON users.id = user_id
ORDER BY i;
