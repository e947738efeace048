-- name: posts-of-topic
-- cases:
--   one: [4711]
SELECT p.post_number, p.body, p.likes, u.username
FROM visible_posts AS p
JOIN users AS u ON u.id = p.author_id
WHERE p.topic_id = $1
ORDER BY p.post_number;

-- name: newest-posts-of-user
-- cases:
--   chatty: [1]
--   silent: [9000]
SELECT id, topic_id, created_at FROM posts WHERE author_id = $1 ORDER BY created_at DESC LIMIT 20;

-- name: search-posts
-- cases:
--   rare words: [panicked & deadlock]
SELECT id, topic_id FROM posts WHERE to_tsvector('english', body) @@ to_tsquery('english', $1);

-- name: posts-of-a-day
SELECT count(*), sum(likes) FROM posts
WHERE created_at >= timestamptz '2024-09-01 00:00+00' AND created_at < timestamptz '2024-09-02 00:00+00';

-- name: votes-of-user
-- cases:
--   eager: [1]
--   quiet: [9000]
SELECT sum(value) FROM votes WHERE user_id = $1;

-- name: posts-nobody-voted-on
-- cases:
--   one: [12]
SELECT p.id
FROM posts AS p
WHERE p.author_id = $1 AND NOT EXISTS (SELECT 1 FROM votes AS v WHERE v.post_id = p.id);

-- name: top-post-per-topic
-- cases:
--   busy: [1]
SELECT t.id, best.id AS post_id, best.likes
FROM topics AS t
CROSS JOIN LATERAL (
  SELECT p.id, p.likes FROM posts AS p WHERE p.topic_id = t.id ORDER BY p.likes DESC, p.id LIMIT 1
) AS best
WHERE t.category_id = $1 AND t.bumped_at >= timestamptz '2025-08-01 00:00+00';

-- name: cast-vote
-- cases:
--   one: [777, 2345]
INSERT INTO votes (post_id, user_id, value, created_at)
VALUES ($1, $2, 1, timestamptz '2026-06-01 00:00+00')
ON CONFLICT (post_id, user_id) DO UPDATE SET value = excluded.value;
