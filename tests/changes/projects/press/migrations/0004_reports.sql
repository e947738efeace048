CREATE VIEW content.published_articles AS
  SELECT id, site_id, author_id, slug, locale, title, meta, published_at FROM content.articles WHERE status = 'published';

CREATE VIEW content.article_figures AS
  SELECT a.id, a.site_id, a.title,
         (SELECT count(*) FROM content.comments AS c WHERE c.article_id = a.id) AS comments,
         (SELECT max(r.version) FROM content.revisions AS r WHERE r.article_id = a.id) AS version
  FROM content.articles AS a;

CREATE MATERIALIZED VIEW tracking.views_per_article AS
  SELECT article_id, count(*) AS views, sum(seconds) AS seconds FROM tracking.page_views GROUP BY article_id;
CREATE UNIQUE INDEX views_per_article_key ON tracking.views_per_article (article_id);

CREATE FUNCTION content.topic_of(meta jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT meta ->> 'topic' $$;

CREATE FUNCTION tracking.views_of(article integer) RETURNS SETOF tracking.page_views LANGUAGE sql STABLE
  AS $$ SELECT * FROM tracking.page_views WHERE article_id = article $$;
