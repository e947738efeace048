import { readOccurrences } from "../../src/fixes/conditions.js";
import { proposeEither } from "../../src/fixes/propose-either.js";
import { plan, seqScan } from "../support/plans.js";
import { orders } from "./support/facts.js";

async function proposed(text: string) {
  const root = seqScan("orders", { alias: "o", details: [{ label: "Filter", text }] });
  const [occurrence] = await readOccurrences(plan(root));
  return occurrence ? proposeEither(occurrence, orders(), { written: new Set() }) : [];
}

test("each part of an OR gets an index of its own, and they are one candidate", async () => {
  const [both, ...others] = await proposed("((o.customer_id = 7) OR ((o.reference)::text ~~ 'AB%'::text))");
  expect(others).toEqual([]);
  expect(both?.sql).toBe(
    "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders (customer_id);\nCREATE INDEX CONCURRENTLY orders_reference_idx ON public.orders (reference varchar_pattern_ops);",
  );
  expect(both?.statements).toHaveLength(2);
  expect(both?.indexes?.names.map(({ name }) => name)).toEqual(["orders_customer_id_idx", "orders_reference_idx"]);
});

test("only the indexes that are missing; none where one part cannot have any", async () => {
  const [one] = await proposed("((o.id = 7) OR (o.customer_id = 8))");
  expect(one?.sql).toBe("CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders (customer_id);");
  expect(await proposed("((o.id = 7) OR (o.gone = 8))")).toEqual([]);
  expect(await proposed("((o.id = 7) OR (o.customer_id <> 8))")).toEqual([]);
  expect(await proposed("((o.id = 1) OR (o.id = 2))")).toEqual([]);
});
