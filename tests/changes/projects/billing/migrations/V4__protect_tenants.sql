GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO billing_app;

ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY customers_of_tenant ON customers
  USING (tenant_id = current_setting('app.tenant_id')::integer);

CREATE MATERIALIZED VIEW revenue_by_month AS
  SELECT tenant_id, date_trunc('month', paid_at AT TIME ZONE 'UTC') AS month, sum(amount_cents) AS cents
  FROM payments
  GROUP BY 1, 2;
CREATE UNIQUE INDEX revenue_by_month_key ON revenue_by_month (tenant_id, month);
GRANT SELECT ON revenue_by_month TO billing_app;

CREATE FUNCTION unpaid_cents(wanted bigint) RETURNS bigint LANGUAGE sql STABLE
  AS 'SELECT coalesce(sum(total_cents), 0)::bigint FROM invoices WHERE customer_id = wanted AND status <> ''paid''';
