import { quoteText } from "../database/databases.js";
import { type Candidate, identifier } from "./candidate.js";
import type { Definitions, StoredSetting } from "./definition-facts.js";
import type { Restored } from "./propose-definitions.js";
import type { SchemaFacts } from "./schema-facts.js";

/**
 * Planner settings that the change gave a role, the database or the server, as they were before. A copy gets them for
 * itself alone: other databases of the server must not see them.
 */
export function proposeSettings(before: SchemaFacts, now: SchemaFacts): readonly Restored[] {
  const [then, there] = [before.definitions, now.definitions];
  const valueIn = ({ stored }: Definitions, key: string) => stored.find((one) => keyOf(one) === key)?.value;
  const keys = new Map([...then.stored, ...there.stored].map((one) => [keyOf(one), one]));
  const changed = [...keys].filter(([key]) => valueIn(then, key) !== valueIn(there, key));
  return [
    ...changed.flatMap(([key, one]) => {
      const atLogin = then.server.find(({ name }) => name === one.name)?.value;
      return atLogin === undefined
        ? []
        : [{ name: one.name, candidate: storedCandidate(one, valueIn(then, key), atLogin) }];
    }),
    ...systemSettings(then, there),
  ];
}

function keyOf({ role, inDatabase, name }: StoredSetting): string {
  return JSON.stringify([role, inDatabase, name]);
}

/** `atLogin`: what a session had before where nobody set anything for its role. */
function storedCandidate(
  { role, inDatabase, name }: StoredSetting,
  was: string | undefined,
  atLogin: string,
): Candidate {
  const change = was === undefined ? `RESET ${name}` : set(name, was);
  const whom = role === null ? "DATABASE %I" : `ROLE ${identifier(role)} IN DATABASE %I`;
  const everywhere = `ALTER ROLE ${role === null ? "ALL" : identifier(role)} ${change}`;
  const sql = inDatabase ? inThisDatabase(`ALTER ${whom} ${change}`) : everywhere;
  const named = role === null ? (inDatabase ? "the database" : "all roles") : `the role \`${role}\``;
  return {
    kind: "setting",
    title: was === undefined ? `takes \`${name}\` back from ${named}` : `gives ${named} \`${name} = ${was}\` again`,
    sql: `${sql};`,
    // What is set for one database goes before what is set for all.
    statements: [inDatabase ? sql : inThisDatabase(`ALTER ${whom} ${set(name, was ?? atLogin)}`)],
    restores: true,
  };
}

function systemSettings(then: Definitions, there: Definitions): readonly Restored[] {
  return there.server.flatMap(({ name, value, bySystem }) => {
    const was = then.server.find((one) => one.name === name);
    if (!was || was.value === value || !(bySystem || was.bySystem)) return [];
    const change = was.bySystem ? set(name, was.value) : `RESET ${name}`;
    const candidate: Candidate = {
      kind: "setting",
      title: `gives the server \`${name} = ${was.value}\` again`,
      sql: `ALTER SYSTEM ${change}; SELECT pg_reload_conf();`,
      statements: [inThisDatabase(`ALTER DATABASE %I ${set(name, was.value)}`)],
      restores: true,
    };
    return { name, candidate };
  });
}

function set(name: string, value: string): string {
  return `SET ${name} = ${quoteText(value).trim()}`;
}

/** A statement that names the database that it runs in, as `%I`. */
function inThisDatabase(statement: string): string {
  return `DO $do$ BEGIN EXECUTE pg_catalog.format(${quoteText(statement)}, pg_catalog.current_database()); END $do$`;
}
