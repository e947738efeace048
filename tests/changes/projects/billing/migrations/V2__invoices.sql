CREATE TABLE invoices (
  id bigint PRIMARY KEY,
  tenant_id integer NOT NULL REFERENCES tenants (id),
  customer_id bigint NOT NULL REFERENCES customers (id),
  number text NOT NULL,
  status text NOT NULL,
  issued_on date NOT NULL,
  due_on date NOT NULL,
  total_cents bigint NOT NULL,
  memo text
);
CREATE UNIQUE INDEX invoices_tenant_id_number_key ON invoices (tenant_id, number);
CREATE INDEX invoices_customer_id_idx ON invoices (customer_id);
CREATE INDEX invoices_tenant_id_status_due_on_idx ON invoices (tenant_id, status, due_on);
CREATE INDEX invoices_overdue_idx ON invoices (due_on) INCLUDE (tenant_id, total_cents) WHERE status = 'open';
CREATE INDEX invoices_issued_month_idx ON invoices (date_trunc('month', issued_on::timestamp));

CREATE TABLE invoice_lines (
  invoice_id bigint NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
  line_no smallint NOT NULL,
  sku text NOT NULL,
  quantity integer NOT NULL,
  unit_cents bigint NOT NULL,
  PRIMARY KEY (invoice_id, line_no)
);
CREATE INDEX invoice_lines_sku_idx ON invoice_lines (sku);

CREATE VIEW open_invoices AS
  SELECT i.id, i.tenant_id, i.customer_id, i.number, i.due_on, i.total_cents, c.name AS customer_name
  FROM invoices AS i
  JOIN customers AS c ON c.id = i.customer_id
  WHERE i.status = 'open';
