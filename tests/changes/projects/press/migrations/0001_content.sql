CREATE SCHEMA content;
CREATE TYPE content.article_status AS ENUM ('draft', 'review', 'published', 'withdrawn');

CREATE TABLE content.sites (id integer PRIMARY KEY, host text NOT NULL UNIQUE, region text NOT NULL);

CREATE TABLE content.authors (
  id integer PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL,
  joined_on date NOT NULL
);
CREATE UNIQUE INDEX authors_lower_email_idx ON content.authors (lower(email));

CREATE TABLE content.articles (
  id integer PRIMARY KEY,
  site_id integer NOT NULL REFERENCES content.sites (id),
  author_id integer NOT NULL REFERENCES content.authors (id),
  slug text NOT NULL,
  locale varchar(5) NOT NULL,
  status content.article_status NOT NULL DEFAULT 'draft',
  title text NOT NULL,
  body text NOT NULL,
  meta jsonb NOT NULL DEFAULT '{}',
  search tsvector GENERATED ALWAYS AS (to_tsvector('simple', title || ' ' || body)) STORED,
  published_at timestamptz,
  CONSTRAINT articles_slug_key UNIQUE (site_id, locale, slug)
);
CREATE INDEX articles_front_page_idx ON content.articles (site_id, published_at DESC, id DESC) WHERE status = 'published';
CREATE INDEX articles_author_id_published_at_idx ON content.articles (author_id, published_at DESC NULLS LAST);
CREATE INDEX articles_search_idx ON content.articles USING gin (search);
CREATE INDEX articles_meta_idx ON content.articles USING gin (meta);
CREATE INDEX articles_topic_idx ON content.articles ((meta ->> 'topic'));
