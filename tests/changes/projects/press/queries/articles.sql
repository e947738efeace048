-- name: front-page
-- cases:
--   busy:  [1]
--   quiet: [29]
SELECT id, title, published_at FROM published_articles WHERE site_id = $1 ORDER BY published_at DESC, id DESC LIMIT 20;

-- name: older-articles
-- cases:
--   far back: [1, "2025-04-01 00:00+00", 5000]
SELECT id, title, published_at FROM published_articles
WHERE site_id = $1 AND (published_at, id) < ($2, $3)
ORDER BY published_at DESC, id DESC
LIMIT 20;

-- name: article-by-slug
-- cases:
--   one: [1, en, story-eccbc87e4b5ce2fe28308fd9f2a7baf3]
SELECT id, title, body FROM articles WHERE site_id = $1 AND locale = $2 AND slug = $3;

-- name: articles-of-author
-- cases:
--   busy: [1]
SELECT id, title, status, published_at FROM articles WHERE author_id = $1 ORDER BY published_at DESC NULLS LAST LIMIT 10;

-- name: author-by-email
-- cases:
--   one: [author77@example.com]
SELECT id, name FROM authors WHERE lower(email) = $1;

-- name: search-articles
-- cases:
--   rare: [glacier]
SELECT id, title FROM articles WHERE search @@ to_tsquery('simple', $1);

-- name: sponsored-articles
SELECT id, slug FROM articles WHERE meta ? 'sponsor';

-- name: articles-on-topic
-- cases:
--   one: [topic-17]
SELECT id, title FROM articles WHERE topic_of(meta) = $1;

-- name: articles-with-tag
-- cases:
--   popular: [tag-1]
--   rare:    [tag-480]
SELECT a.id, a.title
FROM tags AS t
JOIN article_tags AS x ON x.tag_id = t.id
JOIN articles AS a ON a.id = x.article_id
WHERE t.label = $1 AND a.status = 'published'
ORDER BY a.id;

-- name: figures-of-article
-- cases:
--   one: [50]
SELECT title, comments, version FROM article_figures WHERE id = $1;

-- name: tag-tree
-- cases:
--   one: [3]
WITH RECURSIVE below AS (
  SELECT id, label FROM tags WHERE id = $1
  UNION ALL
  SELECT t.id, t.label FROM tags AS t JOIN below ON t.parent_id = below.id
)
SELECT b.label, count(x.article_id) AS articles
FROM below AS b
LEFT JOIN article_tags AS x ON x.tag_id = b.id
GROUP BY b.label
ORDER BY b.label;

-- name: delete-article
-- cases:
--   one: [11900]
DELETE FROM articles WHERE id = $1;

-- name: published-on-topic
-- cases:
--   one: [topic-17]
SELECT id, title FROM published_articles WHERE meta ->> 'topic' = $1;
