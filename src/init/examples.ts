/** A query that every schema can plan. */
export const exampleQuery = `-- An example, so that the first run has something to plan. Replace it by one of your top queries: pg_stat_statements
-- shows which they are. One file may hold several; above each stands a header like this one, in YAML.
--
-- name: example
-- owner: "@your-team"
-- # Each case gives the values of $1, $2 …: name a typical tenant and a large one, a common value and a rare one.
-- cases:
--   few rows: [10]
--   many rows: [100000]
SELECT n
FROM generate_series(1, $1::integer) AS n
ORDER BY n DESC
LIMIT 10;
`;

/** A first migration for a project that has none. */
export const exampleMigration = `-- An example, so that the first run has a schema. Replace it by your own migrations; they run in the order of their names.
CREATE TABLE notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  author text NOT NULL,
  body text NOT NULL
);

CREATE INDEX notes_author_idx ON notes (author);
`;
