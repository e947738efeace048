CREATE ROLE clinic_app;

CREATE TABLE departments (
  id integer PRIMARY KEY,
  code text NOT NULL UNIQUE,
  name text NOT NULL,
  floor smallint NOT NULL
);

CREATE TABLE staff (
  id integer PRIMARY KEY,
  department_id integer NOT NULL REFERENCES departments (id),
  role text NOT NULL,
  name text NOT NULL,
  active boolean NOT NULL DEFAULT true
);
CREATE INDEX staff_department_id_idx ON staff (department_id) WHERE active;

CREATE TABLE insurers (id integer PRIMARY KEY, name text NOT NULL, kind text NOT NULL);

CREATE TABLE patients (
  id integer PRIMARY KEY,
  medical_no varchar(20) NOT NULL UNIQUE,
  family_name text NOT NULL,
  given_name text NOT NULL,
  search_name text GENERATED ALWAYS AS (lower(family_name || ' ' || given_name)) STORED,
  email citext NOT NULL,
  birth_date date NOT NULL,
  postcode char(5) NOT NULL,
  city text NOT NULL,
  insurer_id integer NOT NULL REFERENCES insurers (id),
  archived_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX patients_email_key ON patients (email);
CREATE INDEX patients_search_name_idx ON patients (search_name text_pattern_ops);
CREATE INDEX patients_insurer_id_birth_date_idx ON patients (insurer_id, birth_date);
CREATE INDEX patients_postcode_idx ON patients (postcode);
CREATE STATISTICS patients_postcode_city (dependencies, mcv) ON postcode, city FROM patients;
