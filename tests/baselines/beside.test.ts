import { type Baseline, maxAcceptedPlans, readBaseline, writeBaseline } from "../../src/baselines/baseline.js";
import { addBeside } from "../../src/baselines/beside.js";
import type { PlanNode } from "../../src/plan/plan.js";
import { indexScan, plan, seqScan } from "../support/plans.js";

const environment = { major: 17, locale: "C", settings: {}, configured: {} };
const byIndex = indexScan("orders", "orders_pkey", { totalCost: 8 });
const whole = seqScan("orders", { totalCost: 90 });

function baseline(roots: readonly PlanNode[], caseName: string | null = null): Baseline {
  return {
    query: "q",
    environment,
    plans: roots.map((root) => ({ case: caseName, kind: "custom", plan: plan(root) })),
  };
}

const costs = ({ plans }: Baseline) => plans.map((one) => one.plan.root.totalCost);
const byOthers = (count: number) =>
  Array.from({ length: count }, (_, at) => indexScan("orders", `orders_${at}_idx`, { totalCost: 10 + at }));

test("today's plan goes beside those of other shapes, and takes the place of one of its own", () => {
  expect(costs(addBeside(baseline([byIndex]), baseline([whole])))).toEqual([8, 90]);
  expect(costs(addBeside(baseline([byIndex, whole]), baseline([{ ...whole, totalCost: 95 }])))).toEqual([8, 95]);
});

test("plans of another case or kind are none of its others, and what is no case any more goes", () => {
  const accepted: Baseline = {
    ...baseline([byIndex], "hot"),
    plans: [...baseline([byIndex], "hot").plans, ...baseline([byIndex], "gone").plans],
  };
  const today: Baseline = {
    ...baseline([whole], "hot"),
    plans: [...baseline([whole], "hot").plans, { case: "hot", kind: "generic", plan: plan(whole) }],
  };
  expect(addBeside(accepted, today).plans.map((one) => [one.case, one.kind, one.plan.root.totalCost])).toEqual([
    ["hot", "custom", 8],
    ["hot", "custom", 90],
    ["hot", "generic", 90],
  ]);
});

test("the file has the same bytes in whatever order its plans were accepted, and is read again", () => {
  const text = writeBaseline(baseline([byIndex, whole]));
  expect(writeBaseline(baseline([whole, byIndex]))).toBe(text);
  expect(costs(readBaseline(text, "q.yml"))).toEqual([8, 90]);
});

test("as many plans of one case as the cap allows can be added and read, and not one more", () => {
  const full = addBeside(baseline(byOthers(maxAcceptedPlans - 1)), baseline([whole]));
  expect(full.plans).toHaveLength(maxAcceptedPlans);
  expect(readBaseline(writeBaseline(full), "q.yml").plans).toHaveLength(maxAcceptedPlans);
  const message = `${maxAcceptedPlans} plans are accepted already`;
  expect(() => addBeside(baseline(byOthers(maxAcceptedPlans)), baseline([whole]))).toThrow(message);
  const written = writeBaseline(baseline(byOthers(maxAcceptedPlans + 1)));
  expect(() => readBaseline(written, "q.yml")).toThrow(/one more plan of a case that has 8 already/);
});

test("plans of another environment are not mixed with today's", () => {
  const accepted = { ...baseline([byIndex]), environment: { ...environment, locale: "en_US.utf8" } };
  expect(() => addBeside(accepted, baseline([whole]))).toThrow(/locale en_US.utf8 → C/);
});
