-- name: home-page
-- cases:
--   follows much:   [7]
--   follows little: [9007]
SELECT t.id, t.title, t.url, t.score, t.published_at, s.slug, a.handle, k.read_at, i.width
FROM threads AS t
JOIN spaces AS s ON s.id = t.space_id
JOIN actors AS a ON a.id = t.author_id
LEFT JOIN memberships AS m ON m.space_id = t.space_id AND m.actor_id = $1
LEFT JOIN thread_marks AS k ON k.thread_id = t.id AND k.actor_id = $1
LEFT JOIN actor_blocks AS b ON b.actor_id = $1 AND b.blocked_id = t.author_id
LEFT JOIN images AS i ON i.url = t.url
WHERE m.followed_at IS NOT NULL
  AND NOT t.deleted AND NOT t.removed AND NOT s.removed
  AND k.hidden_at IS NULL
  AND b.blocked_id IS NULL
ORDER BY t.hot_rank DESC, t.id DESC
LIMIT 20;

-- name: space-page
-- cases:
--   large: [1]
--   small: [900]
-- plans: [custom, generic]
SELECT t.id, t.title, t.score, t.reply_count, t.published_at, a.handle
FROM threads AS t
JOIN actors AS a ON a.id = t.author_id
WHERE t.space_id = $1 AND NOT t.deleted AND NOT t.removed
ORDER BY t.pinned DESC, t.hot_rank DESC, t.id DESC
LIMIT 20;

-- name: space-newer-than
-- cases:
--   in the middle: [1, "2025-10-10 00:00+00", 14500]
SELECT id, title, published_at FROM threads
WHERE space_id = $1 AND (published_at, id) < ($2, $3)
ORDER BY published_at DESC, id DESC
LIMIT 25;

-- name: space-active
-- cases:
--   large: [2]
SELECT id, title, newest_reply_at FROM threads
WHERE space_id = $1
ORDER BY newest_reply_at DESC NULLS LAST
LIMIT 20;

-- name: space-controversial
-- cases:
--   large: [1]
SELECT id, title FROM threads
WHERE space_id = $1
ORDER BY r.controversy_rank(upvotes, downvotes) DESC
LIMIT 10;

-- name: space-top
-- cases:
--   large: [1]
SELECT id, title, score FROM threads WHERE space_id = $1 ORDER BY score DESC, id DESC LIMIT 20;

-- name: threads-in-language
-- cases:
--   common: [2, "2026-01-10 00:00+00"]
--   rare:   [38, "2025-08-01 00:00+00"]
SELECT id, space_id, title FROM threads
WHERE language_id = $1 AND published_at >= $2
ORDER BY published_at DESC
LIMIT 40;

-- name: crossposts
-- cases:
--   one: ["https://media.example/c4ca4238a0b923820dcc509a6f75849b", 1]
SELECT t.id, t.title, s.slug FROM threads AS t JOIN spaces AS s ON s.id = t.space_id WHERE t.url = $1 AND t.id <> $2;

-- name: search-threads
-- cases:
--   rare: [eclipse]
SELECT id, title, slug, score FROM visible_threads
WHERE search @@ plainto_tsquery('english', $1)
ORDER BY hot_rank DESC, id DESC
LIMIT 20;

-- name: thread-replies
-- cases:
--   long: [1]
SELECT p.id, p.path, p.body, p.score, a.handle
FROM replies AS p
JOIN actors AS a ON a.id = p.author_id
WHERE p.thread_id = $1 AND NOT p.deleted
ORDER BY p.hot_rank DESC, p.id DESC
LIMIT 50;

-- name: replies-below
-- cases:
--   in a long thread: [1]
SELECT id, path, body FROM replies
WHERE path <@ (SELECT below.path FROM replies AS below WHERE below.thread_id = $1 ORDER BY below.hot_rank DESC LIMIT 1);
