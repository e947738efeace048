import type { PlanChange } from "../plan/change.js";
import { hiddenWork, ownWork } from "../plan/effects.js";
import { type NameOccurrence, occurrenceNames, occurrencesBelow, rowsReadOf } from "../plan/occurrences.js";
import type { Plan, PlanNode } from "../plan/plan.js";
import { relationName, walkPlan } from "../plan/walk.js";
import { growthOf } from "../plan/work.js";
import { definePlanRule } from "./rule.js";

/** Reports a view, CTE, subquery or function that is now worked out whole before the query's conditions are applied to it. */
export const fenceAdded = definePlanRule({
  id: "fence-added",
  summary:
    "A view, CTE, subquery or function is now worked out by itself, outer conditions no longer reach its tables, and the query does clearly more work.",
  why: "A condition that does not reach a table cannot use its index: all of its rows are read and carried along, to be thrown away later.",
  defaultSeverity: "error",
  options: {
    minRows: {
      default: 500,
      minimum: 0,
      integer: true,
      means: "Quiet while fewer rows more than this are read behind it.",
      because: "some hundred rows are read within a millisecond.",
    },
    maxRowsRatio: {
      default: 2,
      minimum: 1,
      means: "Quiet while at most this many times as many rows of a relation are read as before.",
      because: "a condition that no longer reaches its table multiplies them.",
    },
    maxRatio: {
      default: 1.2,
      minimum: 1,
      means:
        "Quiet while the query does at most this many times the work (blocks and rows; by cost where it was not executed).",
      because: "working something out once may be the better plan.",
    },
  },

  check(change, { minRows, maxRowsRatio, maxRatio }) {
    if (growthOf(change) <= maxRatio) return [];
    const names = occurrenceNames(change);
    const known = new Set(fencesOf(change.before, names.before).map(({ key }) => key));
    const then = rowsReadOf(change.before.root, names.before, change.bothMeasured);
    const now = rowsReadOf(change.after.root, names.after, change.bothMeasured);
    const seen = fencesOf(change.after, names.after)
      .filter(({ key }) => !known.has(key))
      .flatMap((fence) =>
        fence.reads.map((name) => ({ fence, name, rows: now.get(name) ?? 0, before: then.get(name) })),
      )
      .filter(({ rows, before }) => before !== undefined && rows > before * maxRowsRatio && rows - before >= minRows);
    const behindFunction = readByFunctions(change, then).filter(
      ({ rows, before = 0 }) => rows > before * maxRowsRatio && rows - before >= minRows,
    );
    const [worst] = [...seen, ...behindFunction].sort((a, b) => b.rows - a.rows);
    if (!worst) return [];
    const { fence, name, rows, before = 0 } = worst;
    const [relation = name] = name.split(" ");
    const filter = fence.scan.details.find(({ label }) => label === "Filter");
    return [
      {
        relation,
        title: `${fence.what} is worked out by itself: ${count(rows)} rows of ${relation} are read instead of ${count(before)}`,
        fix: `Let ${filter ? `\`${filter.text}\`` : "the query's conditions"} reach ${relation} again: ${fence.advice}`,
        before: null,
        after: { kind: "node", node: fence.scan },
      },
    ];
  },
});

/** What is read behind a fence, in rows. */
interface Behind {
  readonly fence: Pick<Fence, "scan" | "what" | "advice">;
  readonly name: string;
  readonly rows: number;
  readonly before: number | undefined;
}

/**
 * Tables that the plan's own nodes read before, and a function in FROM reads now: an SQL function that is no longer
 * expanded into the query (`inline_set_returning_function` in clauses.c) returns all its rows first.
 */
function readByFunctions({ before, after }: PlanChange, rowsThen: ReadonlyMap<string, number>): readonly Behind[] {
  const scansOf = ({ root }: Plan) =>
    walkPlan(root).flatMap(({ node }) => (node.operator === "Function Scan" ? [node] : []));
  const known = new Set(scansOf(before).map(({ source }) => source));
  const [scan, ...others] = scansOf(after).filter(({ source }) => source !== undefined && !known.has(source));
  // Which of several it is that reads, nothing tells.
  if (!scan || others.length > 0) return [];
  const shownNow = ownWork(after.root);
  const fence = {
    scan,
    what: `the function \`${scan.source}\``,
    advice: `PostgreSQL expands a function into the query only where it is in LANGUAGE sql, one SELECT, STABLE or IMMUTABLE, and neither STRICT, SECURITY DEFINER nor with a SET clause.`,
  };
  return (hiddenWork(after) ?? []).flatMap(({ relation, readBySeqScans, readByIndexScans }) => {
    const name = relationName(relation);
    const then = [...rowsThen].filter(([occurrence]) => occurrence.split(" ")[0] === name);
    if (then.length === 0 || shownNow.has(name)) return [];
    const before = then.reduce((sum, [, rows]) => sum + rows, 0);
    return [{ fence, name, rows: readBySeqScans + readByIndexScans, before }];
  });
}

interface Fence {
  readonly scan: PlanNode;
  readonly what: string;
  readonly advice: string;
  /** Occurrences that are read behind it. */
  readonly reads: readonly string[];
  /** The same for a fence around the same relations in another plan. */
  readonly key: string;
}

function fencesOf({ root }: Plan, nameOf: NameOccurrence): readonly Fence[] {
  const nodes = walkPlan(root).map(({ node }) => node);
  return nodes.flatMap((scan) => {
    const { operator, source, alias = "a subquery" } = scan;
    if (operator === "Subquery Scan") {
      const [below] = scan.children;
      if (!below) return [];
      const reads = readsOf(below, nameOf);
      const advice = `DISTINCT, GROUP BY, LIMIT, UNION, window functions (OVER) and security barriers in \`${alias}\` hold conditions back; take out what is not needed, or repeat the condition inside.`;
      return [{ scan, what: `the view or subquery \`${alias}\``, advice, reads, key: keyOf(reads) }];
    }
    if (operator !== "CTE Scan" || source === undefined) return [];
    const made = nodes.find(({ subplanName }) => subplanName === `CTE ${source}`);
    if (!made) return [];
    const reads = readsOf(made, nameOf);
    const advice = `take MATERIALIZED off \`${source}\`, use it only once, or repeat the condition inside of it.`;
    return [{ scan, what: `the CTE \`${source}\``, advice, reads, key: keyOf(reads) }];
  });
}

function readsOf(node: PlanNode, nameOf: NameOccurrence): readonly string[] {
  return occurrencesBelow(node, nameOf).filter((name) => name.split(" ")[0]?.includes("."));
}

/** By relation, without alias: a subquery may well be written anew. */
function keyOf(reads: readonly string[]): string {
  return JSON.stringify([...new Set(reads.map((name) => name.split(" ")[0]))].sort());
}

function count(rows: number): string {
  return Number(rows.toPrecision(3)).toLocaleString("en-US");
}
