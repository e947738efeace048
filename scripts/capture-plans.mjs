// Captures what EXPLAIN prints on real servers of every supported major, for the tests of parsing:
//   node scripts/capture-plans.mjs [major …]
// Writes tests/fixtures/plans/pg<major>/<topic>.json: per statement its plain and its analyzed plan, asked for as
// src/explain/explain.ts asks. JSON that PostgreSQL prints invalid is kept as a string. Needs Node 24 and the pg<major> packages.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import pg from "pg";
import { startThrowawayServer, testedMajors } from "../tests/postgres/support/throwaway-server.ts";

const folder = new URL("../tests/fixtures/plans/", import.meta.url);
const topics = await readTopics(new URL("statements.sql", folder));
const asText = { getTypeParser: () => String };
const majors = process.argv.length > 2 ? process.argv.slice(2).map(Number) : testedMajors;

for (const major of majors) {
  const server = await startThrowawayServer(major, { max_parallel_workers_per_gather: "2" });
  const client = new pg.Client({ connectionString: server.url });
  try {
    await client.connect();
    await client.query(await readFile(new URL("schema.sql", folder), "utf8"));
    await client.query("VACUUM ANALYZE");
    const own = new URL(`pg${major}/`, folder);
    await rm(own, { recursive: true, force: true });
    await mkdir(own, { recursive: true });
    for (const [topic, statements] of topics) {
      const lines = [];
      for (const statement of statements.filter(({ since }) => since <= major)) {
        lines.push(JSON.stringify(await capture(client, statement)));
      }
      await writeFile(new URL(`${topic}.json`, own), `[\n${lines.join(",\n")}\n]\n`);
    }
  } finally {
    await client.end().catch(() => {});
    await server.stop();
  }
}

async function capture(client, { name, before, sql }) {
  const plain = await explain(client, before, `EXPLAIN (FORMAT JSON, VERBOSE, SETTINGS) ${sql}`, name);
  const options = "ANALYZE, FORMAT JSON, VERBOSE, SETTINGS, BUFFERS, TIMING OFF, SUMMARY OFF";
  const withoutWorkers = ["SET LOCAL max_parallel_workers = 0", ...before];
  return { name, sql, plain, analyzed: await explain(client, withoutWorkers, `EXPLAIN (${options}) ${sql}`, name) };
}

async function explain(client, before, text, name) {
  await client.query("BEGIN");
  try {
    for (const statement of before) await client.query(statement);
    const { rows } = await client.query({ text, rowMode: "array", types: asText });
    return parsed(rows.map(([line]) => line).join("\n"));
  } catch (cause) {
    throw new Error(`${name}: ${cause.message}`, { cause });
  } finally {
    await client.query("ROLLBACK");
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    // Without its indentation, which is most of it.
    return text.replace(/^ +/gm, "");
  }
}

/** `-- topic: …` opens a file of fixtures, `-- name: … [since 15]` a statement, `-- before: …` what is run for it alone. */
async function readTopics(url) {
  const found = new Map();
  let [topic, statement] = [[], undefined];
  for (const line of (await readFile(url, "utf8")).split("\n")) {
    const [, key, value] = /^-- (topic|name|before): (.*)$/.exec(line) ?? [];
    if (key === "topic") {
      topic = [];
      found.set(value, topic);
    } else if (key === "name") {
      const [, name, since = "14"] = /^(.*?)(?: \[since (\d+)\])?$/.exec(value);
      statement = { name, since: Number(since), before: [], sql: "" };
      topic.push(statement);
    } else if (key === "before") statement.before.push(value);
    else if (statement) statement.sql = `${statement.sql} ${line.trim()}`.trim();
  }
  return found;
}
