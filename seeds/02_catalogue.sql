-- A tree of categories for each tenant, four children a node; the ids of a tenant follow one another.
WITH sized AS (
  SELECT t, 3 + 200 / t AS n FROM generate_series(1, 1000) AS t
), placed AS (
  SELECT t, n, 1 + sum(n) OVER (ORDER BY t) - n AS root FROM sized
)
INSERT INTO categories (id, tenant_id, parent_id, name)
SELECT root + r, t,
       CASE WHEN r > 0 THEN root + (r - 1) / 4 END,
       CASE WHEN r = 0 THEN 'All products'
            ELSE (ARRAY['Kitchen', 'Garden', 'Office', 'Travel', 'Lighting', 'Textiles', 'Tools'])[1 + r % 7] || ' ' || r
       END
FROM placed, generate_series(0, n - 1) AS r
ORDER BY root + r;

-- Six products for the smallest tenant, eight hundred for the largest.
WITH shelf AS (
  SELECT tenant_id, min(id) AS root, count(*) AS categories FROM categories GROUP BY tenant_id
), numbered AS (
  SELECT tenant_id, root, categories, row_number() OVER (ORDER BY tenant_id, r) AS i
  FROM shelf, generate_series(1, 6 + 800 / tenant_id) AS r
), drawn AS (
  SELECT *,
         hashint8extended(i, 11) & 1048575 AS a,
         hashint8extended(i, 12) & 1048575 AS b,
         hashint8extended(i, 13) & 1048575 AS c,
         hashint8extended(i, 14) & 1048575 AS d
  FROM numbered
), worded AS (
  SELECT *,
         (ARRAY['oak', 'steel', 'linen', 'copper', 'bamboo', 'glass', 'wool', 'marble', 'cork', 'ceramic', 'walnut',
                'leather'])[1 + a % 12] AS material,
         (ARRAY['red', 'amber', 'green', 'teal', 'indigo', 'black', 'white', 'sand'])[1 + b % 8] AS colour,
         (ARRAY['lamp', 'chair', 'kettle', 'blanket', 'basket', 'shelf', 'vase', 'apron', 'planter', 'clock', 'stool',
                'tray', 'mirror', 'cushion', 'toolbox', 'suitcase', 'notebook', 'lantern', 'teapot',
                'hammock'])[1 + c % 20] AS thing
  FROM drawn
)
INSERT INTO products (id, tenant_id, category_id, sku, name, description, price_cents, attributes, created_at)
SELECT i, tenant_id, root + c % categories,
       'SKU-' || lpad(i::text, 6, '0'),
       initcap(material) || ' ' || thing || ' ' || upper(substr(md5(i::text), 1, 4)),
       CASE WHEN colour IN ('amber', 'indigo') THEN 'An ' ELSE 'A ' END || colour || ' ' || thing
         || ' made of ' || material || ', '
         || (ARRAY['dishwasher safe', 'for outdoor use', 'handmade in small batches', 'with a five year warranty',
                   'assembled without tools', 'from recycled sources'])[1 + (a + d) % 6] || '.',
       200 + (b * 7 + d) % 19800,
       jsonb_build_object('colour', colour, 'material', material),
       timestamptz '2024-01-01 00:00+00' + i * interval '55 minutes'
FROM worded
ORDER BY i;
