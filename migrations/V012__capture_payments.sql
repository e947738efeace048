-- The capture job takes authorized payments, oldest first. Few rows are in that state at any time.
ALTER TABLE payments ADD COLUMN captured_at timestamptz;

CREATE INDEX payments_authorized_idx ON payments (created_at) WHERE status = 'authorized';
