-- name: actor-by-handle
-- cases:
--   one: [PERSON5731, 1]
SELECT id, display_name, bio FROM actors WHERE lower(handle) = lower($1) AND instance_id = $2;

-- name: actor-feed
-- cases:
--   busy: [1]
SELECT kind, id, what, published_at FROM actor_feed WHERE author_id = $1 AND NOT removed ORDER BY published_at DESC LIMIT 20;

-- name: read-history
-- cases:
--   long ago: [42]
--   of late:  [7]
SELECT thread_id, read_at FROM thread_marks WHERE actor_id = $1 ORDER BY read_at DESC LIMIT 30;

-- name: saved-threads
-- cases:
--   many: [7]
SELECT t.id, t.title, k.saved_at
FROM thread_marks AS k
JOIN threads AS t ON t.id = k.thread_id
WHERE k.actor_id = $1 AND k.saved_at IS NOT NULL
ORDER BY k.saved_at DESC
LIMIT 20;

-- name: newest-of-followed
-- cases:
--   follows much: [7]
SELECT m.space_id, newest.id, newest.published_at
FROM memberships AS m
CROSS JOIN LATERAL (
  SELECT t.id, t.published_at FROM threads AS t WHERE t.space_id = m.space_id ORDER BY t.published_at DESC, t.id DESC LIMIT 1
) AS newest
WHERE m.actor_id = $1 AND m.followed_at IS NOT NULL;

-- name: unseen-count
-- cases:
--   many: [7]
SELECT count(*) FILTER (WHERE kind <> 'system') AS personal, count(*) AS all_kinds FROM notices WHERE recipient_id = $1 AND NOT seen;

-- name: inbox
-- cases:
--   many: [7]
SELECT n.id, n.kind, n.created_at, p.body, t.title
FROM notices AS n
LEFT JOIN replies AS p ON p.id = n.reply_id
LEFT JOIN threads AS t ON t.id = n.thread_id
WHERE n.recipient_id = $1 AND NOT n.seen
ORDER BY n.created_at DESC
LIMIT 20;
