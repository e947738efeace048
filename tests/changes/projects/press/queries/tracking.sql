-- name: visitor-by-token
-- cases:
--   one: [31490ce2625b7257f413371e82efe928]
SELECT id, plan FROM visitors WHERE token = $1;

-- name: views-of-week
-- cases:
--   popular: [1]
SELECT viewed_on, count(*), avg(seconds) FROM page_views
WHERE article_id = $1 AND viewed_on >= date '2026-05-04' AND viewed_on < date '2026-05-18'
GROUP BY viewed_on;

-- name: views-of-month
SELECT count(*), sum(seconds) FROM page_views WHERE viewed_on >= date '2026-04-01' AND viewed_on < date '2026-05-01';

-- name: readers-of-article
-- cases:
--   one: [9000]
SELECT v.id, v.country, sum(p.seconds) AS seconds
FROM views_of($1) AS p
JOIN visitors AS v ON v.id = p.visitor_id
GROUP BY v.id, v.country;

-- name: local-readers
SELECT v.id, count(*) AS views
FROM visitors AS v
JOIN page_views AS p ON p.visitor_id = v.id
WHERE v.country = 'PT' AND v.language = 'pt' AND p.viewed_on >= date '2026-05-01'
GROUP BY v.id
ORDER BY views DESC, v.id
LIMIT 10;

-- name: popularity-of-article
-- cases:
--   one: [123]
SELECT views, seconds FROM views_per_article WHERE article_id = $1;

-- name: events-of-visitor
-- cases:
--   one: [777]
SELECT kind, at FROM events WHERE visitor_id = $1 AND at >= timestamptz '2026-02-01 00:00+00' ORDER BY at;

-- name: shares-of-year
SELECT count(*) FROM events WHERE kind = 'share' AND at >= timestamptz '2026-01-01 00:00+00';

-- name: rank-visitors
SELECT visitor_id, sum(seconds) AS seconds, rank() OVER (ORDER BY sum(seconds) DESC) AS place
FROM page_views GROUP BY visitor_id;
