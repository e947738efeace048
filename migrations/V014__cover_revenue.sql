-- The revenue tile on every dashboard adds up payments; with status and amount in the index it never reads the table.
CREATE INDEX CONCURRENTLY payments_tenant_id_created_at_idx
  ON payments (tenant_id, created_at) INCLUDE (status, amount_cents);
