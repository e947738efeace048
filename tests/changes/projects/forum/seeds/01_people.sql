INSERT INTO users (id, username, email, country, city, trust_level, reputation, suspended_until, settings, created_at)
SELECT i, 'user' || i, 'User' || i || '@example.org',
       (ARRAY['AT', 'DE', 'FR', 'IT', 'ES', 'PL', 'NL', 'BE', 'SE', 'NO', 'FI', 'DK', 'CZ', 'PT', 'IE', 'GR', 'US', 'US', 'US', 'US'])[1 + place / 2],
       'city' || place,
       (h & 3)::smallint, ((h >> 8) & 4095)::int,
       CASE WHEN h & 255 = 7 THEN timestamptz '2026-12-01' END,
       jsonb_build_object('theme', CASE WHEN h & 16 = 0 THEN 'dark' ELSE 'light' END, 'digest', h & 7),
       timestamptz '2022-01-01 00:00+00' + i * interval '190 minutes'
FROM (SELECT i, hashint8extended(i, 1) AS h, ((hashint8extended(i, 2) & 1048575) % 40)::int AS place
      FROM generate_series(1, 10000) AS i) AS drawn
ORDER BY i;

INSERT INTO categories (id, parent_id, slug, title, position)
SELECT i, CASE WHEN i > 8 THEN 1 + i % 8 END, 'category-' || i, 'Category ' || i, i FROM generate_series(1, 60) AS i;

INSERT INTO tags (id, name) SELECT i, 'tag-' || i FROM generate_series(1, 400) AS i;
INSERT INTO badges (id, code, title) SELECT i, 'badge-' || i, 'Badge ' || i FROM generate_series(1, 50) AS i;
