CREATE TABLE users (
  id integer PRIMARY KEY,
  username varchar(60) NOT NULL UNIQUE,
  email varchar(120) NOT NULL,
  country char(2) NOT NULL,
  city varchar(60) NOT NULL,
  trust_level smallint NOT NULL DEFAULT 0,
  reputation integer NOT NULL DEFAULT 0,
  suspended_until timestamptz,
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_lower_email_idx ON users (lower(email));
CREATE INDEX users_country_city_idx ON users (country, city);
CREATE STATISTICS users_country_city_stats (dependencies, ndistinct) ON country, city FROM users;

CREATE TABLE categories (
  id integer PRIMARY KEY,
  parent_id integer REFERENCES categories (id),
  slug text NOT NULL UNIQUE,
  title text NOT NULL,
  position integer NOT NULL DEFAULT 0
);
CREATE INDEX categories_parent_id_idx ON categories (parent_id);
