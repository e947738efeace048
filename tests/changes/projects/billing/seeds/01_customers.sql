INSERT INTO plans (code, title, price_cents)
VALUES ('free', 'Free', 0), ('team', 'Team', 4900), ('business', 'Business', 19900), ('enterprise', 'Enterprise', 99900);

INSERT INTO tenants (id, slug, plan_code, region, created_at)
SELECT i, 'tenant-' || i, (ARRAY['free', 'team', 'team', 'business', 'enterprise'])[1 + i % 5],
       (ARRAY['eu', 'us', 'ap'])[1 + i % 3], timestamptz '2024-01-01 00:00+00' + i * interval '1 day'
FROM generate_series(1, 300) AS i;

INSERT INTO customers (id, tenant_id, external_id, name, email, currency, country, created_at)
SELECT i, 1 + floor(300 * power((hashint8extended(i, 31) & 1048575) / 1048576.0::float8, 2))::int,
       'cus_' || md5(i::text), 'Customer ' || i, 'billing' || i || '@example.com',
       (ARRAY['EUR', 'EUR', 'EUR', 'CHF', 'GBP', 'PLN', 'SEK', 'NOK', 'DKK', 'CZK', 'HUF', 'USD', 'CAD', 'AUD', 'JPY', 'INR', 'BRL', 'MXN', 'ZAR', 'NZD'])[place],
       (ARRAY['DE', 'FR', 'AT', 'CH', 'GB', 'PL', 'SE', 'NO', 'DK', 'CZ', 'HU', 'US', 'CA', 'AU', 'JP', 'IN', 'BR', 'MX', 'ZA', 'NZ'])[place],
       timestamptz '2024-06-01 00:00+00' + i * interval '50 minutes'
FROM (SELECT i, 1 + ((hashint8extended(i, 32) & 1048575) % 20)::int AS place FROM generate_series(1, 15000) AS i) AS drawn
ORDER BY i;
