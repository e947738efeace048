import fc from "fast-check";
import type { Approved, Conclusion, LabelState } from "../../../src/conclusion/conclusion.js";
import { type Ending, endings } from "../../../src/conclusion/ending.js";
import { Settings } from "../../../src/config/settings.js";
import type { Evaluation, Proposal } from "../../../src/evaluation/evaluation.js";
import type { Telling } from "../../../src/reports/telling.js";
import { hostileText, hostileVerdict } from "../../support/hostile-verdict.js";
import { conclusion, evaluation, telling } from "./tellings.js";

const proposal: fc.Arbitrary<Proposal> = fc.record({
  kind: fc.constantFrom("baseline", "removal", "policy", "environment"),
  query: fc.option(hostileText),
  files: fc.array(fc.record({ path: hostileText, blob: fc.option(fc.constant("ab".repeat(20))) }), { maxLength: 2 }),
  counts: fc.constantFrom("freely", "once approved", "never"),
  what: hostileText,
  next: hostileText,
});

const approval: fc.Arbitrary<Evaluation["approval"]> = fc
  .record({
    mode: fc.constantFrom("label", "codeowners", "off"),
    label: hostileText,
    baselines: fc.constantFrom("author", "bot"),
    authorMayApprove: fc.boolean(),
    approvers: fc.array(hostileText, { minLength: 1, maxLength: 7 }),
  })
  .map((some) => ({ ...Settings.parse({}).approval, ...some }));

const hostileEvaluation: fc.Arbitrary<Evaluation> = fc
  .record({
    verdict: hostileVerdict,
    config: fc.oneof(hostileText, fc.constant("plan-gate.yml")),
    major: fc.option(fc.integer({ min: 14, max: 18 })),
    kind: fc.constantFrom("judged", "set-up", "untouched"),
    approval,
    proposals: fc.array(proposal, { maxLength: 2 }),
    candidates: fc.array(fc.record({ query: hostileText, path: hostileText, text: hostileText }), { maxLength: 1 }),
  })
  .map(({ verdict, ...more }) => evaluation(verdict, more));

const label: fc.Arbitrary<LabelState> = fc.oneof(
  fc.constant<LabelState>({ kind: "absent" }),
  fc.record({ kind: fc.constant("in force"), by: hostileText, at: hostileText }),
  fc.record({ kind: fc.constant("void"), by: fc.option(hostileText), reason: hostileText }),
  fc.record({ kind: fc.constant("unknown"), reason: hostileText }),
);

const approved: fc.Arbitrary<Approved> = fc.record({ proposal, by: hostileText });

const hostileConclusion: fc.Arbitrary<Conclusion> = fc
  .record({
    ending: fc.constantFrom(...(Object.keys(endings) as Ending[])),
    evaluations: fc.array(hostileEvaluation, { minLength: 1, maxLength: 3 }),
    waiting: fc.array(proposal, { maxLength: 2 }),
    refused: fc.array(proposal, { maxLength: 2 }),
    approved: fc.array(approved, { maxLength: 2 }),
    label,
    enforced: fc.boolean(),
  })
  .map(({ ending, evaluations, waiting, ...more }) => {
    // What waits is what an evaluation proposes.
    const [first, ...others] = evaluations;
    const all = first ? [{ ...first, proposals: [...first.proposals, ...waiting] }, ...others] : [];
    return conclusion(ending, all, { waiting, ...more });
  });

/** A telling every text of which is hostile, except for what GitHub itself hands us: repository, server and commits. */
export const hostileTelling: fc.Arbitrary<Telling> = fc
  .record({
    told: hostileConclusion,
    runUrl: fc.oneof(hostileText, fc.constant("https://github.com/acme/shop/actions/runs/1")),
    patch: fc.option(hostileText),
    version: hostileText,
    fromFork: fc.boolean(),
    botCommits: fc.constantFrom("run", "wait", "never"),
    record: fc.option(fc.nat()),
  })
  .map(({ told, ...more }) => telling(told, more));
