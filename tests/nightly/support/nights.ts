import type { Evaluation } from "../../../src/evaluation/evaluation.js";
import type { Issue } from "../../../src/github/github.js";
import type { HistoryEntry } from "../../../src/history/entry.js";
import type { IssueAction } from "../../../src/nightly/plan-issues.js";
import { type NightStory, storyOf } from "../../../src/nightly/story.js";
import type { NightEvaluation, Tonight } from "../../../src/nightly/tonight.js";
import type { Plan } from "../../../src/plan/plan.js";
import type { Outcome, Verdict } from "../../../src/verdict/verdict.js";
import { actual, indexScan, plan, seqScan } from "../../support/plans.js";
import { finding, outcome, verdict } from "../../support/verdicts.js";

/** A commit that is told from others by one digit. */
export function commit(digit: string): string {
  return digit.repeat(40);
}

/** A plan that reads by an index. */
export function byIndex(cost = 8.44, rows = 1): Plan {
  return plan(indexScan("orders", "orders_pkey", { totalCost: cost, actual: actual(rows, { sharedBlocks: 3 }) }));
}

/** A plan that reads everything. */
export function whole(cost = 2_350, rows = 1): Plan {
  return plan(seqScan("orders", { totalCost: cost, actual: actual(rows, { sharedBlocks: 900 }) }));
}

/** A query that is planned as accepted. */
export function asAccepted(name: string, more: Partial<Outcome> = {}): Outcome {
  return outcome("passed", name, { before: byIndex(), after: byIndex(), ...more });
}

/** A query that got worse. */
export function worse(name: string, more: Partial<Outcome> = {}): Outcome {
  const title = "public.orders is read whole: Index Scan became Seq Scan";
  return outcome("flagged", name, {
    before: byIndex(),
    after: whole(),
    findings: [finding({ rule: "index-scan-lost", title })],
    ...more,
  });
}

/** One settings file on one major. */
export function part(outcomes: readonly Outcome[], more: PartOptions = {}): NightEvaluation {
  const { config = "plan-gate.yml", major = 17, server = "17.10", scale = 1, candidates = [], ...said } = more;
  const evaluation: Evaluation = {
    config,
    major,
    kind: "judged",
    enforce: true,
    approval: {
      mode: "label",
      label: "plan-gate:approve",
      minimumRole: "write",
      authorMayApprove: true,
      baselines: "author",
    },
    baselines: "baselines",
    verdict: verdict(outcomes, said),
    proposals: [],
    candidates,
  };
  return { evaluation, server, scale };
}

type PartOptions = Partial<Pick<Evaluation, "config" | "major" | "candidates">> &
  Partial<Pick<NightEvaluation, "server" | "scale">> &
  Partial<Pick<Verdict, "problems" | "environment">>;

/** A night of November 2026. */
export function tonight(day: number, parts: readonly NightEvaluation[], more: Partial<Tonight> = {}): Tonight {
  const at = new Date(Date.UTC(2026, 10, day, 2, 17)).toISOString();
  return { at, commit: commit("a"), tool: "1.2.3", parts, ...more };
}

/** The same as it is told. */
export function story(night: Tonight, history: readonly HistoryEntry[] = []): NightStory {
  return storyOf(night, history, {
    runUrl: "https://github.com/acme/shop/actions/runs/77",
    repository: "acme/shop",
    serverUrl: "https://github.com",
  });
}

/** What GitHub has after these actions, at the time of a night. */
export function carriedOut(issues: readonly Issue[], actions: readonly IssueAction[], at: string): readonly Issue[] {
  const all = [...issues];
  for (const action of actions) {
    if (action.kind === "create") {
      const number = all.length + 1;
      const { title, body } = action;
      const url = `https://github.com/acme/shop/issues/${number}`;
      all.push({ number, title, body, state: "open", labels: [`plan-gate:${action.label}`], closedAt: null, url });
    } else if (action.kind === "edit") {
      const index = all.findIndex(({ number }) => number === action.number);
      const old = all[index] as Issue;
      const state = action.change.state ?? old.state;
      const closedAt = state === "open" ? null : (old.closedAt ?? at);
      all[index] = { ...old, ...action.change, closedAt };
    }
  }
  return all;
}
