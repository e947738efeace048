import { occurrenceNames } from "../plan/occurrences.js";
import { readSorts, type Sort } from "../plan/sorts.js";
import { growthOf } from "../plan/work.js";
import { definePlanRule } from "./rule.js";

/** Reports rows that came in order before, and are sorted now. */
export const sortAdded = definePlanRule({
  id: "sort-added",
  summary: "Rows are sorted that came in order before, or were not sorted, and the query does clearly more work.",
  why: "A sort must read all its rows before it returns the first one, and needs memory for them; an index hands them over in order.",
  defaultSeverity: "error",
  options: {
    minRows: {
      default: 500,
      minimum: 0,
      integer: true,
      means: "Sorts of fewer rows than this stay quiet.",
      because: "some hundred rows are sorted within a millisecond.",
    },
    maxRowsRatio: {
      default: 3,
      minimum: 1,
      means: "Quiet while at most this many times as many rows are sorted for the same purpose as before.",
      because: "a sort that grew a little is the same sort.",
    },
    maxRatio: {
      default: 1.2,
      minimum: 1,
      means:
        "Quiet while the query does at most this many times the work (blocks and rows; by cost where it was not executed).",
      because: "a sort in place of something as dear is no loss.",
    },
  },

  check(change, { minRows, maxRowsRatio, maxRatio }) {
    if (growthOf(change) <= maxRatio) return [];
    const names = occurrenceNames(change);
    const before = readSorts(change.before, names.before, change.bothMeasured);
    const after = readSorts(change.after, names.after, change.bothMeasured);
    const earlier = (sort: Sort) => largest(before.filter((one) => isSame(one, sort)));
    const added = after.filter((sort) => sort.rows >= minRows && sort.rows > (earlier(sort)?.rows ?? 0) * maxRowsRatio);
    const worst = largest(added);
    if (!worst) return [];
    const by = sortKeyOf(worst);
    const then = earlier(worst);
    return [
      {
        relation: null,
        title: `${count(worst)} rows are sorted${by === undefined ? "" : ` by \`${by}\``} for ${worst.serves} instead of ${then ? count(then) : "none"}`,
        fix:
          by === undefined
            ? "Keep the index that delivered the rows in order."
            : `Keep, or make, an index whose columns begin with what the query filters by and go on with \`${by}\`, in this order and direction.`,
        before: then ? { kind: "node", node: then.node } : null,
        after: { kind: "node", node: worst.node },
      },
    ];
  },
});

/** For the same purpose, and of the same rows or by the same columns. */
function isSame(one: Sort, other: Sort): boolean {
  return one.key === other.key || (one.serves === other.serves && sortKeyOf(one) === sortKeyOf(other));
}

function sortKeyOf({ node }: Sort): string | undefined {
  return node.details.find(({ label }) => label === "Sort Key")?.text;
}

function largest(sorts: readonly Sort[]): Sort | undefined {
  return sorts.reduce<Sort | undefined>((a, b) => (a && a.rows >= b.rows ? a : b), undefined);
}

function count({ rows }: Sort): string {
  return Number(rows.toPrecision(3)).toLocaleString("en-US");
}
