INSERT INTO images (url, width, height, media_type)
SELECT 'https://media.example/' || md5(i::text), 200 + i % 1800, 200 + i % 1100, (ARRAY['image/png', 'image/jpeg', 'image/webp'])[1 + i % 3]
FROM generate_series(1, 5000) AS i;

-- A space writes in one language, mostly.
INSERT INTO threads (id, space_id, author_id, title, url, body, language_id, published_at, newest_reply_at, deleted, removed,
                     pinned, upvotes, downvotes, hot_rank, reply_count)
SELECT i, space_id, author_id,
       CASE WHEN i % 5 = 0 THEN 'Question about ' ELSE 'On ' END || substr(md5((h & 4095)::text), 1, 7)
         || CASE WHEN i % 250 = 0 THEN ' and the eclipse' ELSE ' and ' || substr(md5((h >> 12 & 1023)::text), 4, 6) END,
       CASE WHEN i % 3 = 0 THEN 'https://media.example/' || md5((1 + (h >> 20 & 8191))::text) END,
       CASE WHEN i % 2 = 0 THEN repeat(md5((i * 7)::text), 4) END,
       CASE WHEN h >> 8 & 15 = 0 THEN 1 + (h >> 40 & 31)::int ELSE 1 + space_id % 40 END,
       published_at,
       CASE WHEN h >> 4 & 3 > 0 THEN published_at + (h >> 9 & 1023) * interval '7 minutes' END,
       h >> 50 & 31 = 7, h >> 55 & 63 = 9, h >> 30 & 511 = 3, upvotes, downvotes,
       r.hot_rank(upvotes - downvotes, published_at), (h >> 14 & 15)::int
FROM (SELECT i, hashint8extended(i, 21) & 9223372036854775807 AS h,
             1 + floor(1200 * power((hashint8extended(i, 22) & 1048575) / 1048576.0::float8, 3))::int AS space_id,
             1 + floor(12000 * power((hashint8extended(i, 23) & 1048575) / 1048576.0::float8, 2))::int AS author_id,
             timestamptz '2025-07-01 00:00+00' + i * interval '10 minutes' AS published_at,
             floor(400 * power((hashint8extended(i, 24) & 1048575) / 1048576.0::float8, 4))::int AS upvotes,
             floor(90 * power((hashint8extended(i, 25) & 1048575) / 1048576.0::float8, 4))::int AS downvotes
      FROM generate_series(1, 30000) AS i) AS drawn
ORDER BY i;

-- Replies of a thread hang below each other as in a heap: the second below the first, the third too, the fourth below the second.
CREATE TEMP TABLE drawn AS
SELECT i AS id, thread_id, row_number() OVER (PARTITION BY thread_id ORDER BY i) AS place
FROM (SELECT i, 1 + floor(30000 * power((hashint8extended(i, 31) & 1048575) / 1048576.0::float8, 2))::int AS thread_id
      FROM generate_series(1, 40000) AS i) AS d;
CREATE INDEX ON drawn (thread_id, place);
ANALYZE drawn;

INSERT INTO replies (id, thread_id, author_id, path, body, published_at, deleted, removed, score, hot_rank)
SELECT d.id, d.thread_id, 1 + floor(12000 * power((hashint8extended(d.id, 32) & 1048575) / 1048576.0::float8, 2))::int,
       ('0.' || string_agg(above.id::text, '.' ORDER BY above.place))::ltree,
       'I think ' || md5(d.id::text) || CASE WHEN d.id % 3 = 0 THEN repeat(' and so on', 8) ELSE '' END,
       timestamptz '2025-07-02 00:00+00' + d.id * interval '7 minutes 30 seconds',
       d.id % 41 = 0, d.id % 97 = 0, (hashint8extended(d.id, 33) & 63)::int - 8,
       r.hot_rank((hashint8extended(d.id, 33) & 63)::int - 8, timestamptz '2025-07-02 00:00+00' + d.id * interval '7 minutes 30 seconds')
FROM drawn AS d
CROSS JOIN generate_series(0, 12) AS up
JOIN drawn AS above ON above.thread_id = d.thread_id AND above.place = d.place >> up
GROUP BY d.id, d.thread_id
ORDER BY d.id;
DROP TABLE drawn;
