import fc from "fast-check";
import { conclude, digestOf } from "../../src/conclusion/conclude.js";
import type { Conclusion, LabelState } from "../../src/conclusion/conclusion.js";
import { type Ending, endings } from "../../src/conclusion/ending.js";
import { headline, nextStep } from "../../src/conclusion/headline.js";
import type { Evaluation, FileVersion, Proposal } from "../../src/evaluation/evaluation.js";
import type { Plan, PlanNode } from "../../src/plan/plan.js";
import type { Outcome, OutcomeKind } from "../../src/verdict/verdict.js";
import { approval, evaluation, hostileSet, proposal } from "../evaluation/sets.js";
import { actual, indexScan, plan, seqScan } from "../support/plans.js";
import { finding, outcome, verdict } from "../support/verdicts.js";

const names = ["a", "b", "c"];
const inForce: LabelState = { kind: "in force", by: "anna", at: "2026-11-21T10:00:00Z" };
const order = Object.keys(endings) as Ending[];

/** Few of each, so that outcomes, proposals and approved files meet. */
const version: fc.Arbitrary<FileVersion> = fc.record({
  path: fc.constantFrom(...names),
  blob: fc.constantFrom(null, "1".repeat(40), "2".repeat(40)),
});

const somePlan = fc.constantFrom(
  plan(seqScan("orders", { totalCost: 900 })),
  plan(indexScan("orders", "orders_a_idx", { totalCost: 8 })),
);

const outcomes: fc.Arbitrary<readonly Outcome[]> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...names),
      case: fc.constantFrom(null, "hot"),
      kind: fc.constantFrom<OutcomeKind>(
        ...([
          "passed",
          "flagged",
          "improved",
          "tie",
          "drift",
          "unbaselined",
          "orphaned",
          "incomparable",
          "broken",
        ] as const),
      ),
      severities: fc.array(fc.constantFrom("error" as const, "warn" as const, "info" as const), { maxLength: 2 }),
      before: fc.option(somePlan),
      after: fc.option(somePlan),
    }),
    { maxLength: 5, selector: ({ name, case: one }) => `${name} ${one}` },
  )
  .map((all) =>
    all.map(({ name, kind, severities, before, after, ...rest }) =>
      outcome(kind, name, {
        ...rest,
        ...(before ? { before } : {}),
        ...(after ? { after } : {}),
        findings: severities.map((severity) => finding({ severity })),
      }),
    ),
  );

const someProposal: fc.Arbitrary<Proposal> = fc
  .record({
    kind: fc.constantFrom<Proposal["kind"]>("baseline", "removal", "policy", "environment"),
    query: fc.constantFrom(null, ...names),
    files: fc.array(version, { maxLength: 2 }),
    counts: fc.constantFrom<Proposal["counts"]>("freely", "once approved", "never"),
  })
  .map((more) => proposal(more));

const someEvaluation: fc.Arbitrary<Evaluation> = fc
  .record({
    config: fc.constantFrom("plan-gate.yml", "billing/plan-gate.yml"),
    major: fc.constantFrom(null, 16, 17),
    kind: fc.constantFrom<Evaluation["kind"]>("judged", "judged", "judged", "set-up", "untouched"),
    enforce: fc.boolean(),
    mode: fc.constantFrom("label" as const, "label" as const, "codeowners" as const, "off" as const),
    outcomes,
    failed: fc.constantFrom(false, false, true),
    proposals: fc.array(someProposal, { maxLength: 4 }),
  })
  .map(({ mode, outcomes: all, failed, ...more }) =>
    evaluation({
      ...more,
      approval: { ...approval, mode },
      verdict: verdict(all, {
        problems: failed ? [{ code: "migration-failed", message: "it failed", hint: "Mend it." }] : [],
      }),
    }),
  );

const evaluations = fc.uniqueArray(someEvaluation, {
  minLength: 1,
  maxLength: 3,
  selector: ({ config, major }) => `${config} ${major}`,
});

/** How bad a conclusion is: first whether it stops, then what it says. */
function badness({ ending, exitCode }: Conclusion): number {
  return order.length - order.indexOf(ending) + (exitCode === 0 ? 0 : order.length);
}

function blockedNames({ decided }: Conclusion): readonly string[] {
  return decided
    .filter(({ decision }) => decision.kind === "blocked")
    .map(({ config, major, outcome: { name, case: one } }) => `${config} ${major} ${name} ${one}`);
}

const runs = { numRuns: 1_000 };

test("accepting more never makes an ending worse, and blocks nothing that was not blocked", () => {
  fc.assert(
    fc.property(evaluations, fc.array(version), fc.array(version), (all, files, more) => {
      const less = conclude({ evaluations: all, approved: { by: "anna", files }, label: inForce });
      const wider = conclude({
        evaluations: all,
        approved: { by: "anna", files: [...files, ...more] },
        label: inForce,
      });
      expect(badness(wider)).toBeLessThanOrEqual(badness(less));
      expect(blockedNames(less)).toEqual(expect.arrayContaining([...blockedNames(wider)]));
      expect(wider.approved.length).toBeGreaterThanOrEqual(less.approved.length);
    }),
    runs,
  );
});

test("a label that is not in force approves as much as no label", () => {
  const states: fc.Arbitrary<LabelState> = fc.constantFrom<LabelState>(
    { kind: "absent" },
    { kind: "void", by: null, reason: "old" },
    { kind: "unknown", reason: "503" },
  );
  fc.assert(
    fc.property(evaluations, fc.array(version), states, (all, files, label) => {
      const { label: _, ...concluded } = conclude({ evaluations: all, approved: { by: "anna", files }, label });
      const { label: __, ...without } = conclude({ evaluations: all, label: { kind: "absent" } });
      expect(concluded).toEqual(without);
    }),
    runs,
  );
});

test("the order of evaluations does not matter", () => {
  const shuffled = evaluations.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, fc.array(version), ([all, others], files) => {
      const approved = { by: "anna", files };
      expect(conclude({ evaluations: others, approved, label: inForce })).toEqual(
        conclude({ evaluations: all, approved, label: inForce }),
      );
    }),
    runs,
  );
});

test("exit 0 means that no enforced part has a blocked plan, a waiting or a refused proposal, and that all of them ran", () => {
  fc.assert(
    fc.property(evaluations, fc.array(version), (all, files) => {
      const { exitCode } = conclude({ evaluations: all, approved: { by: "anna", files }, label: inForce });
      const own = all.map((one) => conclude({ evaluations: [one], approved: { by: "anna", files }, label: inForce }));
      const stops = own.some(({ decided, waiting, refused, evaluations: [one] }) => {
        if (one && one.verdict.problems.length > 0) return true;
        const open =
          decided.filter(({ decision }) => decision.kind === "blocked").length + waiting.length + refused.length;
        return one?.enforce === true && open > 0;
      });
      expect(exitCode !== 0).toBe(stops);
    }),
    runs,
  );
});

test("every conclusion has a headline and a next step, in one line each", () => {
  fc.assert(
    fc.property(evaluations, fc.array(version), (all, files) => {
      const conclusion = conclude({ evaluations: all, approved: { by: "anna", files }, label: inForce });
      expect(headline(conclusion)).toMatch(/^[^\n]{10,}[^.\n]$/);
      expect(headline(conclusion)).not.toMatch(/undefined|null|NaN|: ?$/);
      expect(nextStep(conclusion)).toMatch(/^[A-Z][^\n]+\.$/);
      expect(headline(conclusion).endsWith("(would block)")).toBe(
        endings[conclusion.ending].exitCode === 1 && conclusion.exitCode === 0,
      );
    }),
    runs,
  );
});

test("hostile sets are concluded as well", () => {
  fc.assert(
    fc.property(hostileSet, ({ evaluations: all }) => {
      const conclusion = conclude({ evaluations: all, label: { kind: "absent" } });
      expect(order).toContain(conclusion.ending);
      expect(typeof headline(conclusion)).toBe("string");
      expect(typeof nextStep(conclusion)).toBe("string");
    }),
  );
});

/** Other figures for the same plan. */
function costlier(node: PlanNode, times: number): PlanNode {
  return {
    ...node,
    totalCost: node.totalCost * times + 1,
    startupCost: node.startupCost + times,
    rowsPerLoop: node.rowsPerLoop * times,
    actual: actual(times, { sharedBlocks: times }),
    children: node.children.map((child) => costlier(child, times)),
  };
}

const reMeasured = (one: Plan | undefined, times: number) =>
  one && { ...one, root: costlier(one.root, times), settings: { work_mem: `${times}` } };

test("the digest knows no costs, timings, words or orders", () => {
  fc.assert(
    fc.property(evaluations, fc.integer({ min: 2, max: 1_000 }), (all, times) => {
      const again = [...all].reverse().map((one) => ({
        ...one,
        proposals: [...one.proposals].reverse().map((each) => ({ ...each, what: `${times}`, next: "" })),
        verdict: {
          ...one.verdict,
          timings: { start: times },
          notes: [`${times}`],
          outcomes: [...one.verdict.outcomes].reverse().map((each) => {
            const [before, after] = [reMeasured(each.before, times), reMeasured(each.after, times)];
            return { ...each, findings: [], ...(before ? { before } : {}), ...(after ? { after } : {}) };
          }),
        },
      }));
      expect(digestOf(again)).toBe(digestOf(all));
      expect(digestOf(all)).toMatch(/^[0-9a-f]{64}$/);
    }),
  );
});
