-- name: product-by-sku
-- owner: "@catalogue"
-- cases:
--   hot tenant: [1, SKU-000400]
SELECT id, name, price_cents, attributes
FROM products
WHERE tenant_id = $1 AND sku = $2;

-- The search box of a shop.
-- name: search-products
-- owner: "@catalogue"
-- cases:
--   hot tenant:  [1, "indigo kettle"]
--   cold tenant: [742, "wool hammock"]
SELECT id, name, price_cents, ts_rank(search, websearch_to_tsquery('english', $2)) AS rank
FROM products
WHERE tenant_id = $1 AND search @@ websearch_to_tsquery('english', $2)
ORDER BY rank DESC, id
LIMIT 20;

-- Support looks for a product of which the customer remembers a part of the name.
-- name: products-by-name-fragment
-- owner: "@backoffice"
-- cases:
--   two words: ["%walnut lant%"]
SELECT id, tenant_id, name
FROM products
WHERE name ILIKE $1
ORDER BY name
LIMIT 50;

-- The platform's own market place filters over all shops.
-- name: products-with-attributes
-- owner: "@catalogue"
-- cases:
--   two attributes: ['{"colour": "teal", "material": "oak"}']
SELECT id, tenant_id, name, price_cents
FROM products
WHERE attributes @> $1::jsonb
ORDER BY price_cents
LIMIT 40;

-- The menu of a shop: a category and all below it.
-- name: categories-below
-- owner: "@catalogue"
-- cases:
--   whole tree: [1]
--   leaf:       [4000]
WITH RECURSIVE branch AS (
  SELECT id, parent_id, name, 0 AS depth FROM categories WHERE id = $1
  UNION ALL
  SELECT categories.id, categories.parent_id, categories.name, branch.depth + 1
  FROM branch
  JOIN categories ON categories.parent_id = branch.id
)
SELECT id, parent_id, name, depth
FROM branch
ORDER BY depth, name;

-- name: products-of-category
-- owner: "@catalogue"
-- cases:
--   large shop: [7]
--   small shop: [3323]
SELECT id, name, price_cents
FROM products
WHERE category_id = $1
ORDER BY name
LIMIT 60;

-- name: best-sellers-of-tenant
-- owner: "@growth"
-- cases:
--   hot tenant:  [1, "2026-06-01", "2026-07-01"]
--   cold tenant: [742, "2026-06-01", "2026-07-01"]
SELECT products.id, products.name, sum(items.quantity) AS sold
FROM orders
JOIN order_items AS items ON items.order_id = orders.id
JOIN products ON products.id = items.product_id
WHERE orders.tenant_id = $1 AND orders.created_at >= $2 AND orders.created_at < $3
  AND orders.status <> 'cancelled'
GROUP BY products.id, products.name
ORDER BY sold DESC, products.id
LIMIT 10;

-- A recall: who bought this product?
-- name: buyers-of-product
-- owner: "@backoffice"
-- cases:
--   slow seller: [5200, "2026-01-01"]
--   best seller: [1, "2026-01-01"]
SELECT DISTINCT users.id, users.email
FROM order_items AS items
JOIN orders ON orders.id = items.order_id
JOIN users ON users.id = orders.user_id
WHERE items.product_id = $1 AND orders.created_at >= $2;
