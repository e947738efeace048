import { checkChange } from "../../src/rules/index.js";
import { resolveRule } from "../../src/rules/settings.js";
import { plan, seqScan } from "../support/plans.js";

function broken(message: string, sqlState: string) {
  const change = { kind: "broken" as const, before: plan(seqScan("orders")), failure: { message, sqlState } };
  return checkChange(change, (id) => resolveRule(id, []));
}

test.each([
  ["column o.status does not exist", "42703", { kind: "column", name: "status" }],
  ['column "status" does not exist', "42703", { kind: "column", name: "status" }],
  ['column "status" of relation "orders" does not exist', "42703", { kind: "column", name: "status" }],
  ['relation "public.orders" does not exist', "42P01", { kind: "relation", name: "orders" }],
  ["function app.total(integer) does not exist", "42883", { kind: "function", name: "total" }],
  ['type "mood" does not exist', "42704", { kind: "type", name: "mood" }],
  ["operator does not exist: uuid = bigint", "42883", undefined],
])("query-broken reports `%s` and suspects what is missing", (message, sqlState, suspect) => {
  const [finding, ...others] = broken(message, sqlState);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    rule: "query-broken",
    severity: "error",
    title: `PostgreSQL refuses the query: ${message}`,
  });
  expect(finding?.suspect).toEqual(suspect);
});
