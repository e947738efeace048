-- name: comments-of-article
-- cases:
--   busy: [1]
SELECT id, visitor_id, body, created_at FROM comments WHERE article_id = $1 AND state = 'shown' ORDER BY created_at LIMIT 50;

-- name: pending-comments
SELECT article_id, created_at FROM comments WHERE state = 'pending' AND created_at < timestamptz '2026-04-01 00:00+00' ORDER BY created_at;

-- name: comments-of-visitor
-- cases:
--   talker: [1]
SELECT id, article_id FROM comments WHERE visitor_id = $1;

-- name: articles-nobody-discussed
-- cases:
--   small site: [28]
SELECT a.id FROM articles AS a
WHERE a.site_id = $1 AND a.status = 'published' AND NOT EXISTS (SELECT 1 FROM comments AS c WHERE c.article_id = a.id);

-- name: newest-revision
-- cases:
--   one: [7777]
SELECT version, editor_id FROM revisions WHERE article_id = $1 ORDER BY version DESC LIMIT 1;

-- name: hide-comments-of-visitor
-- cases:
--   one: [12]
UPDATE comments SET state = 'spam' WHERE visitor_id = $1;
