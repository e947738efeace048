CREATE FUNCTION r.controversy_rank(upvotes integer, downvotes integer) RETURNS double precision
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT CASE WHEN upvotes <= 0 OR downvotes <= 0 THEN 0
                    ELSE (upvotes + downvotes) * least(upvotes, downvotes)::float8 / greatest(upvotes, downvotes) END $$;

-- Half a year from now everything is cold.
CREATE FUNCTION r.hot_rank(score integer, published_at timestamptz) RETURNS double precision
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT round((1000 * ln(greatest(2, score + 2)) /
         sqrt(extract(epoch FROM timestamptz '2026-02-01 00:00+00' - published_at) / 3600 + 2))::numeric, 6)::float8 $$;
