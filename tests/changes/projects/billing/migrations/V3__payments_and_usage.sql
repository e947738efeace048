CREATE TABLE payments (
  id bigint NOT NULL,
  tenant_id integer NOT NULL,
  invoice_id bigint NOT NULL,
  method text NOT NULL,
  amount_cents bigint NOT NULL,
  paid_at timestamptz NOT NULL,
  PRIMARY KEY (id, paid_at)
) PARTITION BY RANGE (paid_at);
CREATE TABLE payments_2026_01 PARTITION OF payments FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE payments_2026_02 PARTITION OF payments FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE payments_2026_03 PARTITION OF payments FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
CREATE TABLE payments_2026_04 PARTITION OF payments FOR VALUES FROM ('2026-04-01') TO ('2026-05-01');
CREATE TABLE payments_2026_05 PARTITION OF payments FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
CREATE TABLE payments_2026_06 PARTITION OF payments FOR VALUES FROM ('2026-06-01') TO ('2026-07-01');
CREATE INDEX payments_invoice_id_idx ON payments (invoice_id);
CREATE INDEX payments_tenant_id_paid_at_idx ON payments (tenant_id, paid_at);

CREATE TABLE usage_records (
  tenant_id integer NOT NULL,
  customer_id bigint NOT NULL,
  day date NOT NULL,
  metric text NOT NULL,
  units integer NOT NULL,
  PRIMARY KEY (tenant_id, customer_id, day, metric)
) PARTITION BY HASH (tenant_id);
CREATE TABLE usage_records_0 PARTITION OF usage_records FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE usage_records_1 PARTITION OF usage_records FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE usage_records_2 PARTITION OF usage_records FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE usage_records_3 PARTITION OF usage_records FOR VALUES WITH (MODULUS 4, REMAINDER 3);
