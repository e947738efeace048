import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parsePlan } from "../../src/explain/parse.js";
import type { Plan, PlanNode } from "../../src/plan/plan.js";

/** What scripts/capture-plans.mjs kept of one statement on one server. */
export interface Captured {
  readonly major: number;
  readonly name: string;
  readonly sql: string;
  /** EXPLAIN's text, of the plain and of the analyzed plan. */
  readonly plain: string;
  readonly analyzed: string;
}

/** The majors that plans were captured from. */
export const capturedMajors = [14, 15, 16, 17, 18] as const;

const folder = "tests/fixtures/plans";

/** All that one major's server printed. */
export function capturedPlans(major: number): readonly Captured[] {
  return readdirSync(`${folder}/pg${major}`).flatMap((file) =>
    JSON.parse(readFileSync(`${folder}/pg${major}/${file}`, "utf8")).map((one: Captured) => ({
      ...one,
      major,
      plain: asText(one.plain),
      analyzed: asText(one.analyzed),
    })),
  );
}

/** Invalid JSON was kept as the string that it is. */
function asText(kept: unknown): string {
  return typeof kept === "string" ? kept : JSON.stringify(kept);
}

/** One captured statement; its name as in tests/fixtures/plans/statements.sql. */
export function captured(major: number, name: string): Captured {
  const found = capturedPlans(major).find((one) => one.name === name);
  if (!found) throw new Error(`nothing was captured of "${name}" on ${major}`);
  return found;
}

/** Plans of PostgreSQL's own regression tests on 15, one EXPLAIN text each. */
export function regressionTestPlans(): readonly string[] {
  const lines = gunzipSync(readFileSync(`${folder}/regression-tests-pg15.ndjson.gz`))
    .toString()
    .trim()
    .split("\n");
  return lines.map((line) => `[${line}]`);
}

/** The partitioned tables of tests/fixtures/plans/schema.sql. */
const capturedCatalog = {
  chanceMethodOf: () => undefined,
  partitionRoot(schema: string, name: string) {
    const root = /^(events|readings)_/.exec(name)?.[1];
    return schema === "shop" && root !== undefined ? { schema, name: root } : undefined;
  },
};

const options = { ownSettings: ["jit", "max_parallel_workers"] };

/** What parsing says, whatever it is. */
export function parse(text: string) {
  return parsePlan(text, capturedCatalog, options);
}

/** A text that must be a plan. */
export function readPlan(text: string): Plan {
  const parsed = parse(text);
  if (parsed.kind === "unreadable") throw new Error(parsed.reason);
  return parsed.plan;
}

/** Every node, parents before children. */
export function allNodes(root: PlanNode): readonly PlanNode[] {
  return [root, ...root.children.flatMap(allNodes)];
}
