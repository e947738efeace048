-- The order list of a shop, newest first; id breaks ties, so that keyset pages never skip a row.
CREATE INDEX orders_tenant_id_created_at_id_idx ON orders (tenant_id, created_at DESC, id DESC);

-- "My orders" of a customer.
CREATE INDEX orders_user_id_created_at_idx ON orders (user_id, created_at DESC);
