-- name: cast-vote
-- cases:
--   first vote: [11999, 12002]
INSERT INTO thread_marks (actor_id, thread_id, read_at, vote)
VALUES ($1, $2, timestamptz '2026-01-25 00:00+00', 1)
ON CONFLICT (actor_id, thread_id) DO UPDATE SET vote = excluded.vote;

-- name: remove-by-author
-- cases:
--   busy: [1]
UPDATE threads SET removed = true WHERE author_id = $1 AND NOT removed;

-- name: delete-thread
-- cases:
--   one: [321]
DELETE FROM threads WHERE id = $1;
