import type { Environment } from "../verdict/verdict.js";
import { connect } from "./connect.js";

/**
 * Settings outside of the category "Query Tuning" that the planner's costs or choices depend on.
 * `jit` is left out: it changes how a plan is run, never which plan it is.
 */
const plannerSettings = [
  "hash_mem_multiplier",
  "max_parallel_workers",
  "max_parallel_workers_per_gather",
  "min_parallel_index_scan_size",
  "min_parallel_table_scan_size",
  "parallel_leader_participation",
  "work_mem",
];

/** Reads the environment, from a database that nothing has been done to yet. */
export async function readEnvironment(url: string, userSettings: readonly string[]): Promise<Environment> {
  await using client = await connect(url);
  const { rows } = await client.query(
    `SELECT name, current_setting(name) AS value, lower(name) = ANY($2) AS configured FROM pg_settings
     WHERE (name = ANY($1) OR category LIKE 'Query Tuning%') AND name NOT LIKE 'jit%' AND setting IS DISTINCT FROM boot_val
        OR lower(name) = ANY($2)
     ORDER BY name`,
    [plannerSettings, userSettings.map((name) => name.toLowerCase())],
  );
  const those = (configured: boolean) =>
    Object.fromEntries(rows.filter((row) => row.configured === configured).map(({ name, value }) => [name, value]));
  const { rows: about } = await client.query(
    `SELECT current_setting('server_version_num')::int / 10000 AS major, datcollate AS locale
     FROM pg_database WHERE datname = current_database()`,
  );
  return {
    major: Number(about[0].major),
    locale: String(about[0].locale),
    settings: those(false),
    configured: those(true),
  };
}
