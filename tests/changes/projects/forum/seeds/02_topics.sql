INSERT INTO topics (id, category_id, author_id, title, state, pinned, posts_count, created_at, bumped_at)
SELECT i,
       1 + floor(60 * power((hashint8extended(i, 3) & 1048575) / 1048576.0::float8, 2))::int,
       1 + floor(10000 * power((hashint8extended(i, 4) & 1048575) / 1048576.0::float8, 2))::int,
       'How to ' || (ARRAY['install', 'update', 'remove', 'debug', 'measure', 'deploy'])[1 + (h & 1048575) % 6]
         || ' ' || md5(i::text),
       CASE WHEN h & 63 < 2 THEN 'open' WHEN h & 63 < 8 THEN 'archived' ELSE 'closed' END,
       h & 1023 = 5, 0,
       timestamptz '2024-01-01 00:00+00' + i * interval '140 minutes',
       timestamptz '2024-01-01 00:00+00' + i * interval '140 minutes' + (h & 8191) * interval '3 minutes'
FROM (SELECT i, hashint8extended(i, 5) AS h FROM generate_series(1, 6000) AS i) AS drawn
ORDER BY i;

INSERT INTO topic_tags (topic_id, tag_id)
SELECT DISTINCT i, 1 + floor(400 * power((hashint8extended(i * 3 + n, 6) & 1048575) / 1048576.0::float8, 2))::int
FROM generate_series(1, 6000) AS i CROSS JOIN generate_series(0, 1) AS n
ORDER BY 1, 2;
