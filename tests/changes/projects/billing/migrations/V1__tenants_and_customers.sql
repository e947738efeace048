CREATE ROLE billing_app;

CREATE TABLE plans (code text PRIMARY KEY, title text NOT NULL, price_cents integer NOT NULL);

CREATE TABLE tenants (
  id integer PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  plan_code text NOT NULL REFERENCES plans (code),
  region text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE customers (
  id bigint PRIMARY KEY,
  tenant_id integer NOT NULL REFERENCES tenants (id),
  external_id text NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  currency char(3) NOT NULL,
  country char(2) NOT NULL,
  blocked boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  UNIQUE (tenant_id, external_id)
);
CREATE INDEX customers_tenant_id_email_idx ON customers (tenant_id, email);
CREATE INDEX customers_tenant_id_created_at_idx ON customers (tenant_id, created_at);
CREATE STATISTICS customers_currency_country (mcv, dependencies) ON currency, country FROM customers;
