-- name: claim-run
-- cases:
--   any: [["bench_build", "dry_run"], {"scope": "org", "zone": "z6"}]
UPDATE runs SET started_at = timestamptz '2026-06-30 12:00+00', worker_id = 7
WHERE id = (
  SELECT r.id FROM runs AS r
  WHERE r.started_at IS NULL AND r.canceled_at IS NULL AND r.kind = ANY ($1::run_kind[]) AND r.tags <@ $2::jsonb
  ORDER BY r.created_at
  FOR UPDATE SKIP LOCKED
  LIMIT 1)
RETURNING id, kind, input;

-- name: queue-positions
-- cases:
--   some: [[29010, 29500, 29990]]
WITH queue AS (
  SELECT id, row_number() OVER (ORDER BY created_at, id) AS place
  FROM runs
  WHERE started_at IS NULL AND canceled_at IS NULL
)
SELECT r.id, r.kind, coalesce(q.place, 0) AS place
FROM runs AS r
LEFT JOIN queue AS q ON q.id = r.id
WHERE r.id = ANY ($1::bigint[]);

-- name: stuck-runs
-- cases:
--   night: ["2026-06-10 00:00+00"]
SELECT id, worker_id, started_at FROM runs WHERE started_at IS NOT NULL AND completed_at IS NULL AND updated_at < $1;

-- name: failed-runs-of-org
-- cases:
--   middle: [2]
--   small: [90]
SELECT id, error, created_at FROM runs WHERE org_id = $1 AND state = 'failed' ORDER BY created_at DESC LIMIT 20;

-- name: add-build
-- cases:
--   one: [248]
INSERT INTO builds (id, bench_id, build_number, transition, run_id, initiator_id, reason, created_at)
VALUES (900001, $1, 900, 'start', 29999, 11, 'initiator', timestamptz '2026-06-30 12:00+00');

-- name: latest-samples-of-bench
-- cases:
--   busy: [4]
SELECT DISTINCT ON (agent_id) agent_id, taken_at, latency_ms, sessions
FROM agent_samples
WHERE bench_id = $1
ORDER BY agent_id, taken_at DESC;

-- name: traffic-of-week
-- cases:
--   one: ["2026-06-10 00:00+00"]
SELECT sum(rx_bytes) AS rx, sum(tx_bytes) AS tx
FROM agent_samples
WHERE taken_at >= $1::timestamptz AND taken_at < $1::timestamptz + interval '7 days';

-- name: cost-of-bench
-- cases:
--   busy: [2]
SELECT b.build_number, sum(r.daily_cost) AS cost
FROM builds AS b
JOIN parts AS r ON r.run_id = b.run_id
WHERE b.bench_id = $1
GROUP BY b.build_number
ORDER BY b.build_number;

-- name: builds-of-person
-- cases:
--   left the team: [4242]
SELECT id, bench_id, transition, created_at FROM builds WHERE initiator_id = $1 ORDER BY created_at DESC LIMIT 10;

-- name: who-builds-what
-- cases:
--   spring: ["2026-02-01 00:00+00"]
SELECT bench_id, initiator_id, count(*) AS builds, max(daily_cost) AS cost
FROM builds
WHERE created_at >= $1
GROUP BY bench_id, initiator_id
ORDER BY builds DESC, bench_id, initiator_id
LIMIT 10;
