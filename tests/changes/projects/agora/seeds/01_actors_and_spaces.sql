INSERT INTO instances (id, domain, software, last_seen_at)
SELECT i, 'node' || i || '.example', (ARRAY['agora', 'agora', 'agora', 'tooter', 'tube'])[1 + i % 5],
       timestamptz '2026-01-25 00:00+00' - (i % 40) * interval '1 day'
FROM generate_series(1, 400) AS i;

INSERT INTO languages (id, code) SELECT i, 'l' || i FROM generate_series(1, 40) AS i;

INSERT INTO actors (id, handle, display_name, instance_id, is_bot, banned, bio, joined_at)
SELECT i, 'Person' || i, CASE WHEN i % 3 > 0 THEN initcap(substr(md5(i::text), 1, 9)) END,
       1 + floor(400 * power((hashint8extended(i, 11) & 1048575) / 1048576.0::float8, 2))::int,
       i % 40 = 0, i % 90 = 0, CASE WHEN i % 4 = 0 THEN repeat(md5((i * 3)::text), 3) END,
       timestamptz '2023-01-01 00:00+00' + i * interval '2 hours'
FROM generate_series(1, 12000) AS i;

INSERT INTO spaces (id, slug, title, instance_id, visibility, adult, removed, subscribers, thread_count, created_at)
SELECT i, 'space' || i, 'All about ' || substr(md5(i::text), 1, 8),
       1 + floor(400 * power((hashint8extended(i, 12) & 1048575) / 1048576.0::float8, 2))::int,
       (CASE WHEN i % 25 = 0 THEN 'members' WHEN i % 10 = 0 THEN 'local_only' ELSE 'open' END)::space_visibility,
       i % 17 = 0, i % 50 = 49, 60000 / i, 30000 / i, timestamptz '2023-06-01 00:00+00' + i * interval '9 hours'
FROM generate_series(1, 1200) AS i;

INSERT INTO memberships (actor_id, space_id, followed_at, state, moderator_since, banned_at)
SELECT DISTINCT ON (1, 2) 1 + floor(12000 * power((hashint8extended(i, 13) & 1048575) / 1048576.0::float8, 2))::int,
       1 + floor(1200 * power((hashint8extended(i, 14) & 1048575) / 1048576.0::float8, 2))::int,
       CASE WHEN i % 20 > 0 THEN timestamptz '2024-01-01 00:00+00' + i * interval '40 minutes' END,
       (CASE WHEN i % 20 = 0 THEN NULL WHEN i % 30 = 1 THEN 'pending' ELSE 'accepted' END)::membership_state,
       CASE WHEN i % 16 = 3 THEN timestamptz '2025-01-01 00:00+00' END,
       CASE WHEN i % 20 = 0 THEN timestamptz '2025-06-01 00:00+00' END
FROM generate_series(1, 22000) AS i
ORDER BY 1, 2, i;

-- The queries look through the eyes of 7, who follows and moderates much, and of 9007, who follows two small spaces.
INSERT INTO memberships (actor_id, space_id, followed_at, state, moderator_since)
SELECT 7, 3 + i * 7, timestamptz '2025-02-01 00:00+00', 'accepted'::membership_state, CASE WHEN i % 4 = 0 THEN timestamptz '2025-03-01 00:00+00' END
FROM generate_series(0, 79) AS i
UNION ALL
SELECT 9007, i, timestamptz '2025-02-01 00:00+00', 'accepted', NULL FROM unnest(ARRAY[901, 1010]) AS i
ON CONFLICT DO NOTHING;

INSERT INTO actor_blocks (actor_id, blocked_id)
SELECT DISTINCT 1 + i % 2000, 1 + (hashint8extended(i, 15) & 8191)::int FROM generate_series(1, 4000) AS i ORDER BY 1, 2;
INSERT INTO actor_blocks (actor_id, blocked_id) SELECT 7, 40 * i FROM generate_series(1, 60) AS i ON CONFLICT DO NOTHING;
