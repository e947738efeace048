import type { Shown } from "../show.js";
import { indented } from "./accepted.js";
import { oneLine } from "./foreign-text.js";
import { placeText } from "./place.js";
import { drawPlan } from "./plan-tree.js";

/** A query's plans now beside the accepted ones, as trees of at most `columns` columns. */
export function renderShown({ query, plans, problems }: Shown, columns: number): string {
  const size = { width: Math.max(72, columns), maxNodes: Number.POSITIVE_INFINITY };
  const parts = plans.map(({ case: name, kind, accepted, now, failure }) => {
    const heading = [query.name, ...(name === null ? [] : [name]), ...(kind === "generic" ? ["generic plan"] : [])];
    return [
      oneLine(heading.join(" · ")),
      ...(accepted.length === 0 ? ["  no plan of it is accepted yet: run `plan-gate accept`"] : []),
      ...accepted.flatMap((plan, index) =>
        drawPlan(accepted.length === 1 ? "accepted" : `accepted, ${index + 1} of ${accepted.length}`, plan, [], size),
      ),
      ...(now ? drawPlan("now", now, [], size) : []),
      ...(now?.notMeasured === undefined ? [] : [`  not measured: ${oneLine(now.notMeasured)}`]),
      ...(failure === undefined ? [] : [`  PostgreSQL refuses it: ${oneLine(failure)}`]),
    ].join("\n");
  });
  const owner = query.owner === undefined ? "" : `  ${query.owner}`;
  const failed = problems.map((problem) => ["problem", ...indented(problem)].join("\n"));
  return `${[oneLine(`${placeText(query)}${owner}`), ...parts, ...failed].join("\n\n")}\n`;
}
