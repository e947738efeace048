CREATE TABLE images (
  url text PRIMARY KEY,
  width integer NOT NULL,
  height integer NOT NULL,
  media_type text NOT NULL
);

CREATE TABLE threads (
  id integer PRIMARY KEY,
  space_id integer NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
  author_id integer NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  title text NOT NULL,
  url text,
  body text,
  language_id integer NOT NULL REFERENCES languages (id),
  published_at timestamptz NOT NULL,
  newest_reply_at timestamptz,
  deleted boolean NOT NULL DEFAULT false,
  removed boolean NOT NULL DEFAULT false,
  pinned boolean NOT NULL DEFAULT false,
  upvotes integer NOT NULL DEFAULT 0,
  downvotes integer NOT NULL DEFAULT 0,
  score integer GENERATED ALWAYS AS (upvotes - downvotes) STORED,
  hot_rank double precision NOT NULL DEFAULT 0,
  reply_count integer NOT NULL DEFAULT 0,
  search tsvector GENERATED ALWAYS AS (to_tsvector('english', title)) STORED
);
CREATE INDEX threads_space_hot_idx ON threads (space_id, pinned DESC, hot_rank DESC, id DESC)
  WHERE NOT deleted AND NOT removed;
CREATE INDEX threads_space_published_idx ON threads (space_id, published_at DESC, id DESC);
CREATE INDEX threads_space_active_idx ON threads (space_id, newest_reply_at DESC NULLS LAST);
CREATE INDEX threads_space_controversy_idx ON threads (space_id, r.controversy_rank(upvotes, downvotes) DESC);
CREATE INDEX threads_space_score_idx ON threads (space_id, score DESC, id DESC);
CREATE INDEX threads_hot_idx ON threads (hot_rank DESC, id DESC) WHERE NOT deleted AND NOT removed;
CREATE INDEX threads_author_idx ON threads (author_id, published_at DESC);
CREATE INDEX threads_language_idx ON threads (language_id, published_at DESC);
CREATE INDEX threads_url_idx ON threads (url) WHERE url IS NOT NULL;
CREATE INDEX threads_search_idx ON threads USING gin (search);

CREATE TABLE replies (
  id integer PRIMARY KEY,
  thread_id integer NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
  author_id integer NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  path ltree NOT NULL,
  body text NOT NULL,
  published_at timestamptz NOT NULL,
  deleted boolean NOT NULL DEFAULT false,
  removed boolean NOT NULL DEFAULT false,
  score integer NOT NULL DEFAULT 0,
  hot_rank double precision NOT NULL DEFAULT 0
);
CREATE INDEX replies_thread_hot_idx ON replies (thread_id, hot_rank DESC, id DESC);
CREATE INDEX replies_path_idx ON replies USING gist (path);
CREATE INDEX replies_author_idx ON replies (author_id, published_at DESC);
