INSERT INTO content.sites (id, host, region)
SELECT i, 'site' || i || '.example', (ARRAY['eu', 'us', 'ap'])[1 + i % 3] FROM generate_series(1, 30) AS i;

INSERT INTO content.authors (id, name, email, joined_on)
SELECT i, 'Author ' || i, 'Author' || i || '@example.com', date '2020-01-01' + i FROM generate_series(1, 2000) AS i;

INSERT INTO content.articles (id, site_id, author_id, slug, locale, status, title, body, meta, published_at)
SELECT i, 1 + floor(30 * power((hashint8extended(i, 81) & 1048575) / 1048576.0::float8, 2))::int,
       1 + floor(2000 * power((hashint8extended(i, 82) & 1048575) / 1048576.0::float8, 2))::int,
       'story-' || md5(i::text), (ARRAY['en', 'en', 'en', 'de', 'fr'])[1 + (h & 1048575) % 5],
       (CASE WHEN h & 15 = 0 THEN 'draft' WHEN h & 63 = 1 THEN 'review' WHEN h & 31 = 2 THEN 'withdrawn' ELSE 'published' END)::content.article_status,
       'How ' || (ARRAY['rivers', 'towns', 'markets', 'machines', 'birds'])[1 + (h >> 8 & 1048575) % 5] || ' change ' || i,
       repeat('lorem ipsum ', 12) || CASE WHEN h >> 20 & 255 = 7 THEN 'glacier' ELSE 'meadow' END || ' w' || (h >> 30 & 4095),
       jsonb_build_object('topic', 'topic-' || (h >> 12 & 127), 'words', 300 + (h >> 20 & 1023))
         || CASE WHEN h >> 40 & 255 = 3 THEN '{"sponsor": "acme"}' ELSE '{}' END::jsonb,
       CASE WHEN h & 15 > 0 THEN timestamptz '2025-01-01 00:00+00' + i * interval '55 minutes' END
FROM (SELECT i, hashint8extended(i, 83) AS h FROM generate_series(1, 12000) AS i) AS drawn
ORDER BY i;

INSERT INTO content.tags (id, label, parent_id)
SELECT i, 'tag-' || i, CASE WHEN i > 20 THEN 1 + i % 20 END FROM generate_series(1, 500) AS i;

INSERT INTO content.article_tags (article_id, tag_id)
SELECT DISTINCT i, 1 + floor(500 * power((hashint8extended(i * 2 + n, 84) & 1048575) / 1048576.0::float8, 2))::int
FROM generate_series(1, 12000) AS i CROSS JOIN generate_series(0, 1) AS n
ORDER BY 1, 2;

INSERT INTO content.revisions (article_id, version, editor_id, saved_at)
SELECT 1 + i % 12000, 1 + i / 12000, 1 + i % 2000, timestamptz '2025-01-01 00:00+00' + i * interval '10 minutes'
FROM generate_series(0, 29999) AS i
ORDER BY 1, 2;
