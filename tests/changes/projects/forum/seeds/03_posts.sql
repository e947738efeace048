INSERT INTO posts (id, topic_id, author_id, post_number, body, likes, hidden, created_at)
SELECT i, 1 + i % 6000,
       1 + floor(10000 * power((hashint8extended(i, 7) & 1048575) / 1048576.0::float8, 2))::int,
       1 + i / 6000,
       'I tried ' || md5(i::text) || ' and the ' || (ARRAY['server', 'client', 'cache', 'queue', 'index'])[1 + (h & 1048575) % 5]
         || CASE WHEN h & 511 = 3 THEN ' panicked with a deadlock' ELSE ' worked' END || repeat(' so far so good', 2),
       ((h >> 20) & 15)::int, h & 31 = 1,
       timestamptz '2024-01-01 00:00+00' + i * interval '28 minutes'
FROM (SELECT i, hashint8extended(i, 8) AS h FROM generate_series(1, 30000) AS i) AS drawn
ORDER BY i;

INSERT INTO votes (post_id, user_id, value, created_at)
SELECT DISTINCT ON (post, voter) post, voter, CASE WHEN n = 3 THEN -1 ELSE 1 END, timestamptz '2025-06-01 00:00+00'
FROM (SELECT 1 + i % 30000 AS post, n,
             1 + floor(10000 * power((hashint8extended(i, 9) & 1048575) / 1048576.0::float8, 2))::int AS voter
      FROM (SELECT i, i % 4 AS n FROM generate_series(1, 30000) AS i) AS drawn) AS cast_votes
ORDER BY post, voter;

INSERT INTO notifications (id, user_id, kind, payload, read_at, created_at)
SELECT i, 1 + floor(10000 * power((hashint8extended(i, 10) & 1048575) / 1048576.0::float8, 3))::int,
       (ARRAY['reply', 'mention', 'like', 'badge'])[1 + (h & 1048575) % 4],
       jsonb_build_object('topic', 1 + (h & 1048575) % 6000, 'post', i),
       CASE WHEN h & 15 > 0 THEN timestamptz '2026-01-01 00:00+00' END,
       timestamptz '2025-01-01 00:00+00' + i * interval '12 minutes'
FROM (SELECT i, hashint8extended(i, 11) AS h FROM generate_series(1, 20000) AS i) AS drawn
ORDER BY i;
