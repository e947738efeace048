-- name: bench-page
-- cases:
--   first pages: [2, "2026-06-20 00:00+00", 12001]
SELECT b.id, b.name, b.last_used_at, p.username, t.name AS blueprint
FROM benches AS b
JOIN people AS p ON p.id = b.owner_id
JOIN blueprints AS t ON t.id = b.blueprint_id
WHERE b.org_id = $1 AND NOT b.deleted AND (b.last_used_at, b.id) < ($2, $3)
ORDER BY b.last_used_at DESC, b.id DESC
LIMIT 25;

-- name: bench-by-owner-and-name
-- cases:
--   one: [2, "Bench-38"]
SELECT id, name, labels FROM benches WHERE owner_id = $1 AND lower(name::text) = lower($2) AND NOT deleted;

-- name: failed-benches-of-blueprint
-- cases:
--   popular: [3]
SELECT l.bench_id, l.build_number, l.error
FROM latest_builds AS l
WHERE l.blueprint_id = $1 AND l.state = 'failed';

-- name: bench-of-token
-- cases:
--   one: ["c4bde148-cf62-feb2-170d-09f3afcef0c9"]
SELECT b.bench_id, b.build_number, a.id AS agent_id
FROM agents AS a
JOIN parts AS r ON r.id = a.part_id
JOIN builds AS b ON b.run_id = r.run_id
WHERE a.auth_token = $1::uuid AND NOT a.deleted;

-- name: benches-labelled
-- cases:
--   rare: ["gpu"]
SELECT id, name, org_slug FROM bench_details WHERE labels @> ARRAY[$1::text];

-- name: recently-used-benches
-- cases:
--   one: [2, "2026-06-01 00:00+00"]
SELECT id, name FROM live_benches($1) WHERE last_used_at >= $2 ORDER BY last_used_at DESC LIMIT 20;

-- name: bench-details-of-owner
-- cases:
--   one: [11]
SELECT id, name, owner_name, blueprint_name, org_slug FROM bench_details WHERE owner_id = $1 ORDER BY name;

-- name: purge-bench
-- cases:
--   one: [248]
DELETE FROM benches WHERE id = $1;

-- name: top-blueprints
-- cases:
--   one: [2]
SELECT t.id, t.name, u.benches, u.builds
FROM blueprints AS t
JOIN blueprint_usage AS u ON u.blueprint_id = t.id
WHERE t.org_id = $1 AND NOT t.deleted
ORDER BY u.builds DESC, t.id
LIMIT 10;
