-- Partitions are made three quarters ahead.
DO $$
DECLARE
  month date;
BEGIN
  FOR month IN SELECT generate_series(date '2026-01-01', date '2026-09-01', interval '1 month') LOOP
    EXECUTE format(
      'CREATE TABLE %I PARTITION OF customer_events FOR VALUES FROM (%L) TO (%L)',
      'customer_events_' || to_char(month, 'YYYY_MM'),
      month || ' 00:00+00',
      (month + interval '1 month')::date || ' 00:00+00'
    );
  END LOOP;
END
$$;
