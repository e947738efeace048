INSERT INTO tracking.visitors (id, token, country, language, plan, seen_at)
SELECT i, md5('visitor' || i),
       (ARRAY['DE', 'FR', 'IT', 'ES', 'PL', 'NL', 'SE', 'US', 'GB', 'JP', 'BR', 'PT', 'CZ', 'HU', 'FI', 'NO', 'DK', 'GR', 'TR', 'KR'])[place],
       (ARRAY['de', 'fr', 'it', 'es', 'pl', 'nl', 'sv', 'us', 'gb', 'ja', 'br', 'pt', 'cs', 'hu', 'fi', 'no', 'da', 'el', 'tr', 'ko'])[place],
       CASE WHEN h & 63 = 0 THEN 'paid' ELSE 'free' END, timestamptz '2026-05-31 00:00+00' - i * interval '1 minute'
FROM (SELECT i, hashint8extended(i, 85) AS h, 1 + ((hashint8extended(i, 86) & 1048575) % 20)::int AS place
      FROM generate_series(1, 15000) AS i) AS drawn
ORDER BY i;

INSERT INTO content.comments (id, article_id, visitor_id, state, body, created_at)
SELECT i, 1 + floor(12000 * power((hashint8extended(i, 87) & 1048575) / 1048576.0::float8, 2))::int,
       1 + floor(15000 * power((hashint8extended(i, 88) & 1048575) / 1048576.0::float8, 2))::int,
       CASE WHEN h & 63 = 0 THEN 'pending' WHEN h & 63 < 4 THEN 'spam' ELSE 'shown' END,
       'I think ' || md5(i::text) || repeat(' indeed', 6), timestamptz '2025-06-01 00:00+00' + i * interval '20 minutes'
FROM (SELECT i, hashint8extended(i, 89) AS h FROM generate_series(1, 24000) AS i) AS drawn
ORDER BY i;

INSERT INTO tracking.page_views (article_id, visitor_id, viewed_on, seconds)
SELECT 1 + floor(12000 * power((hashint8extended(i, 90) & 1048575) / 1048576.0::float8, 2))::int,
       1 + floor(15000 * power((hashint8extended(i, 91) & 1048575) / 1048576.0::float8, 2))::int,
       date '2026-03-01' + i / 560, (hashint8extended(i, 92) & 511)::int
FROM generate_series(0, 49999) AS i;

INSERT INTO tracking.events_2025 (id, kind, visitor_id, at)
SELECT i, (ARRAY['open', 'scroll', 'share'])[1 + i % 3], 1 + ((hashint8extended(i, 93) & 1048575) % 15000)::int,
       timestamptz '2025-06-01 00:00+00' + i * interval '12 minutes'
FROM generate_series(1, 15000) AS i;

INSERT INTO tracking.events_2026 (id, kind, visitor_id, at)
SELECT i, (ARRAY['open', 'scroll', 'share'])[1 + i % 3], 1 + ((hashint8extended(i, 94) & 1048575) % 15000)::int,
       timestamptz '2026-01-01 00:00+00' + i * interval '10 minutes'
FROM generate_series(1, 20000) AS i;

REFRESH MATERIALIZED VIEW tracking.views_per_article;
