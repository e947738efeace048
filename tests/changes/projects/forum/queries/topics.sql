-- name: topics-of-category
-- cases:
--   busy:  [1]
--   quiet: [57]
SELECT t.id, t.title, t.bumped_at, u.username
FROM topics AS t
JOIN users AS u ON u.id = t.author_id
WHERE t.category_id = $1
ORDER BY t.bumped_at DESC, t.id DESC
LIMIT 30;

-- name: next-topics-page
-- cases:
--   far back: ["2024-11-01 00:00+00", 3000]
SELECT id, title, bumped_at
FROM topics
WHERE (bumped_at, id) < ($1, $2)
ORDER BY bumped_at DESC, id DESC
LIMIT 30;

-- name: topics-by-title
-- cases:
--   rare: ["%a1b2%"]
SELECT id, title FROM topics WHERE title ILIKE $1 ORDER BY id;

-- name: stale-open-topics
SELECT id, title, bumped_at
FROM topics
WHERE state = 'open' AND bumped_at < timestamptz '2024-06-01 00:00+00'
ORDER BY bumped_at;

-- name: topics-with-tag
-- cases:
--   popular: [tag-1]
--   rare:    [tag-333]
SELECT t.id, t.title
FROM tags AS g
JOIN topic_tags AS tt ON tt.tag_id = g.id
JOIN topics AS t ON t.id = tt.topic_id
WHERE g.name = $1
ORDER BY t.id;

-- name: tag-counts
SELECT tag_id, count(*) AS topics FROM topic_tags WHERE tag_id IN (3, 70, 150, 390) GROUP BY tag_id;

-- name: category-tree
WITH RECURSIVE tree AS (
  SELECT id, parent_id, title, 1 AS depth FROM categories WHERE parent_id IS NULL
  UNION ALL
  SELECT c.id, c.parent_id, c.title, tree.depth + 1 FROM categories AS c JOIN tree ON c.parent_id = tree.id
)
SELECT tree.id, tree.title, tree.depth, count(t.id) AS topics
FROM tree
LEFT JOIN topics AS t ON t.category_id = tree.id
GROUP BY tree.id, tree.title, tree.depth
ORDER BY tree.depth, tree.id;

-- name: delete-topic
-- cases:
--   one: [4711]
DELETE FROM topics WHERE id = $1;
