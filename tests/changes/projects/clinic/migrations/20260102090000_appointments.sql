CREATE TYPE appointment_state AS ENUM ('requested', 'confirmed', 'done', 'cancelled', 'missed');

CREATE TABLE rooms (
  id integer PRIMARY KEY,
  department_id integer NOT NULL REFERENCES departments (id),
  label text NOT NULL,
  capacity smallint NOT NULL
);

CREATE TABLE appointments (
  id bigint NOT NULL,
  patient_id integer NOT NULL REFERENCES patients (id) ON DELETE CASCADE,
  staff_id integer NOT NULL REFERENCES staff (id),
  state appointment_state NOT NULL,
  starts_at timestamptz NOT NULL,
  minutes smallint NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (id, starts_at)
) PARTITION BY RANGE (starts_at);
CREATE TABLE appointments_2025q3 PARTITION OF appointments FOR VALUES FROM ('2025-07-01 00:00+00') TO ('2025-10-01 00:00+00');
CREATE TABLE appointments_2025q4 PARTITION OF appointments FOR VALUES FROM ('2025-10-01 00:00+00') TO ('2026-01-01 00:00+00');
CREATE TABLE appointments_2026q1 PARTITION OF appointments FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2026-04-01 00:00+00');
CREATE TABLE appointments_2026q2 PARTITION OF appointments FOR VALUES FROM ('2026-04-01 00:00+00') TO ('2026-07-01 00:00+00');
CREATE INDEX appointments_patient_id_starts_at_idx ON appointments (patient_id, starts_at DESC);
CREATE INDEX appointments_staff_id_starts_at_idx ON appointments (staff_id, starts_at);
CREATE INDEX appointments_requested_idx ON appointments (starts_at) WHERE state = 'requested';

CREATE TABLE room_bookings (
  id integer PRIMARY KEY,
  room_id integer NOT NULL REFERENCES rooms (id),
  during tstzrange NOT NULL,
  CONSTRAINT room_bookings_no_overlap EXCLUDE USING gist (room_id WITH =, during WITH &&)
);
