-- name: appointments-of-patient
-- cases:
--   frequent: [40]
SELECT id, starts_at, state, reason FROM appointments WHERE patient_id = $1 ORDER BY starts_at DESC LIMIT 10;

-- name: day-of-doctor
-- cases:
--   one: [3]
SELECT a.id, a.starts_at, a.state, p.medical_no, p.family_name
FROM appointments AS a
JOIN patients AS p ON p.id = a.patient_id
WHERE a.staff_id = $1 AND a.starts_at >= timestamptz '2026-05-01 00:00+00' AND a.starts_at < timestamptz '2026-05-31 00:00+00'
ORDER BY a.starts_at;

-- name: requested-appointments
SELECT id, patient_id, starts_at FROM appointments
WHERE state = 'requested' AND starts_at >= timestamptz '2026-06-01 00:00+00'
ORDER BY starts_at
LIMIT 40;

-- name: states-of-quarter
SELECT state, count(*), sum(minutes) FROM appointments
WHERE starts_at >= timestamptz '2026-01-01 00:00+00' AND starts_at < timestamptz '2026-04-01 00:00+00'
GROUP BY state;

-- name: upcoming-of-doctor
-- cases:
--   one: [250]
SELECT id, starts_at, medical_no FROM upcoming_appointments WHERE staff_id = $1 ORDER BY starts_at;

-- name: free-rooms
SELECT r.id, r.label FROM rooms AS r
WHERE r.capacity >= 6
  AND NOT EXISTS (
    SELECT 1 FROM room_bookings AS b
    WHERE b.room_id = r.id AND b.during && tstzrange('2026-06-02 08:00+00', '2026-06-02 09:00+00'));

-- name: load-of-department
-- cases:
--   one: [4]
SELECT week, appointments FROM department_load WHERE department_id = $1 ORDER BY week;

-- name: confirm-appointment
-- cases:
--   one: [39000]
UPDATE appointments SET state = 'confirmed' WHERE id = $1 AND starts_at >= timestamptz '2026-04-01 00:00+00';

-- name: bookings-of-room
-- cases:
--   one: [17]
SELECT id, during FROM room_bookings WHERE room_id = $1 AND during && tstzrange('2026-06-02 00:00+00', '2026-06-03 00:00+00');
