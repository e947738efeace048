INSERT INTO runs (id, org_id, initiator_id, kind, tags, input, worker_id, error, created_at, updated_at, started_at, canceled_at, completed_at)
SELECT i, org, person, (CASE WHEN i % 15 < 13 THEN 'bench_build' WHEN i % 15 = 13 THEN 'blueprint_import' ELSE 'dry_run' END)::run_kind,
       CASE WHEN i % 6 = 0 THEN jsonb_build_object('scope', 'org', 'zone', 'z' || i % 12) ELSE jsonb_build_object('scope', 'org') END,
       jsonb_build_object('trace', md5(i::text), 'attempt', i % 3),
       CASE WHEN NOT waiting THEN 1 + i % 30 END, CASE WHEN finished AND h & 15 = 5 THEN 'exit status ' || (h >> 20 & 3) END,
       at, at + interval '90 seconds', CASE WHEN NOT waiting THEN at + interval '10 seconds' END,
       CASE WHEN waiting AND h >> 32 & 31 = 0 OR h & 31 = 8 THEN at + interval '40 seconds' END, CASE WHEN finished THEN at + interval '85 seconds' END
FROM (SELECT i, h, org, person, at, i > 28800 AND h & 1 = 0 AS waiting, NOT (i > 28800 AND h & 1 = 0) AND h >> 24 & 1023 > 1 AS finished
      FROM (SELECT i, hashint8extended(i, 207) AS h, 1 + floor(120 * power((hashint8extended(i, 208) & 1048575) / 1048576.0::float8, 3))::int AS org,
                   CASE WHEN i < 6000 AND i % 37 = 0 THEN 4242 ELSE 1 + floor(6000 * power((hashint8extended(i, 209) & 1048575) / 1048576.0::float8, 2))::int END AS person,
                   timestamptz '2026-01-01 00:00+00' + i * interval '8 minutes' AS at
            FROM generate_series(1, 30000) AS i) AS drawn) AS timed
ORDER BY i;

ALTER TABLE builds DISABLE TRIGGER builds_count;
INSERT INTO builds (id, bench_id, build_number, transition, run_id, initiator_id, reason, daily_cost, created_at)
SELECT id, bench, row_number() OVER (PARTITION BY bench ORDER BY id), (CASE WHEN id % 9 = 0 THEN 'delete' WHEN id % 3 = 0 THEN 'stop' ELSE 'start' END)::transition,
       id, initiator_id, CASE WHEN id % 4 = 0 THEN 'autostart' ELSE 'initiator' END, id % 40, created_at
FROM (SELECT id, initiator_id, created_at, 1 + floor(12000 * power((hashint8extended(id, 210) & 1048575) / 1048576.0::float8, 1.5))::int AS bench
      FROM runs WHERE kind = 'bench_build') AS drawn
ORDER BY id;
ALTER TABLE builds ENABLE TRIGGER builds_count;

INSERT INTO parts (id, run_id, kind, name, daily_cost)
SELECT i, 1 + (hashint8extended(i, 211) & 1048575) % 30000, (ARRAY['vm', 'disk', 'network', 'dns'])[1 + i % 4], 'part-' || i, i % 25
FROM generate_series(1, 26000) AS i;

INSERT INTO agents (id, part_id, name, auth_token, connected_at, disconnected_at, deleted)
SELECT i, 4 * (1 + i % 6500) - 3 + (i / 6500), CASE WHEN i % 2 = 0 THEN 'main' ELSE 'sidecar' END, md5('token' || i)::uuid,
       CASE WHEN i % 10 > 0 THEN timestamptz '2026-05-01 00:00+00' + i * interval '5 minutes' END,
       CASE WHEN i % 7 = 0 THEN timestamptz '2026-06-20 00:00+00' END, i % 19 = 0
FROM generate_series(1, 13000) AS i;

INSERT INTO agent_samples (id, agent_id, bench_id, taken_at, rx_bytes, tx_bytes, latency_ms, sessions)
SELECT i, 1 + (hashint8extended(i, 212) & 1048575) % 13000, 1 + floor(12000 * power((hashint8extended(i, 213) & 1048575) / 1048576.0::float8, 2))::int,
       timestamptz '2026-05-01 00:00+00' + i * interval '2 minutes', (hashint8extended(i, 214) & 1048575), (hashint8extended(i, 215) & 1048575), (i % 90)::int,
       jsonb_build_object('ssh', i % 3, 'ide', i % 5)
FROM generate_series(1, 40000) AS i;
