ALTER TABLE orders ADD COLUMN country char(2) NOT NULL DEFAULT 'DE';

-- A country has one currency. Without this the planner multiplies the two selectivities
-- and expects a twentieth of the rows that come.
CREATE STATISTICS orders_country_currency (dependencies) ON country, currency FROM orders;
