-- name: user-by-email
-- cases:
--   one: [user777@example.org]
SELECT id, username FROM users WHERE lower(email) = $1;

-- name: active-users-of-city
SELECT u.id, u.username, count(*) AS posts
FROM users AS u
JOIN posts AS p ON p.author_id = u.id
WHERE u.country = 'DE' AND u.city = 'city3'
GROUP BY u.id, u.username
ORDER BY posts DESC
LIMIT 10;

-- name: unread-notifications
-- cases:
--   busy: [1]
--   calm: [7000]
SELECT id, kind, created_at FROM notifications
WHERE user_id = $1 AND read_at IS NULL
ORDER BY created_at DESC
LIMIT 20;

-- name: notifications-about-topic
SELECT id, user_id, kind FROM notifications WHERE payload @> '{"topic": 4711}';

-- name: mark-notifications-read
-- cases:
--   busy: [1]
UPDATE notifications SET read_at = timestamptz '2026-06-01 00:00+00' WHERE user_id = $1 AND read_at IS NULL;

-- name: badge-by-code
-- cases:
--   one: [badge-7]
SELECT id, title FROM badges WHERE code = $1;

-- name: likes-per-month
SELECT date_trunc('month', created_at) AS month, sum(likes) AS likes,
       rank() OVER (ORDER BY sum(likes) DESC) AS place
FROM posts
GROUP BY 1
ORDER BY 1;
