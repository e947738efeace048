import { dump } from "js-yaml";
import * as z from "zod";
import { checkShape, readYaml } from "../config/yaml.js";
import { PlanGateError } from "../errors.js";
import type { Plan } from "../plan/plan.js";
import type { PlanKind } from "../queries/query.js";
import type { Environment } from "../verdict/verdict.js";
import { readEffects, writeEffects } from "./effects-text.js";
import { readTree, TreeTextError, writeTree } from "./tree-text.js";

/** One accepted plan of a query. */
export interface AcceptedPlan {
  readonly case: string | null;
  readonly kind: PlanKind;
  readonly plan: Plan;
}

/** What the team accepted for one query on one major: the content of one file. */
export interface Baseline {
  readonly query: string;
  readonly environment: Environment;
  /** Of one case and kind there may be several, up to `maxAcceptedPlans`: today's plan may be any of them. */
  readonly plans: readonly AcceptedPlan[];
}

/** How many plans of one case and kind a team may accept: where the planner has more to choose from, nothing is watched. */
export const maxAcceptedPlans = 8;

const format = 1;

function refuseTooMany(plans: readonly Omit<AcceptedPlan, "plan">[], context: z.core.$RefinementCtx): void {
  for (const [index, plan] of plans.entries()) {
    if (plans.slice(0, index).filter((one) => isOfSame(one, plan)).length !== maxAcceptedPlans) continue;
    const message = `must not be one more plan of a case that has ${maxAcceptedPlans} already`;
    context.addIssue({ code: "custom", path: [index], message });
  }
}

/** Whether two accepted plans are of the same case and kind, so that today's plan may be either. */
export function isOfSame(a: Omit<AcceptedPlan, "plan">, b: Omit<AcceptedPlan, "plan">): boolean {
  return a.case === b.case && a.kind === b.kind;
}

const BaselineFile = z.strictObject({
  format: z.literal(format, { error: `must be ${format}: another version of plan-gate wrote this file` }),
  query: z.string(),
  environment: z.strictObject({
    postgres: z.int(),
    locale: z.string(),
    settings: z.record(z.string(), z.string()),
    configured: z.record(z.string(), z.string()).optional(),
  }),
  plans: z
    .array(
      z.strictObject({
        case: z.string().nullable(),
        kind: z.enum(["custom", "generic"]),
        settings: z.record(z.string(), z.string()).optional(),
        notMeasured: z.string().optional(),
        tree: z.string(),
        effects: z.string().optional(),
        deferredFailed: z.string().optional(),
      }),
    )
    .superRefine(refuseTooMany),
});

/** An accepted plan as one text: equal where nothing of it differs. */
export function planText({ plan: { root, ...rest } }: AcceptedPlan): string {
  return JSON.stringify([rest.settings, rest.notMeasured, rest.effects, rest.deferredFailed, writeTree(root)]);
}

/** Where a query's baseline lies, below the baselines folder. */
export function baselinePath(folder: string, major: number, query: string): string {
  return `${folder.replace(/\/+$/, "")}/pg${major}/${query}.yml`;
}

const banner = `# The plans this team accepts for one query. Written by \`plan-gate accept\`; review it, do not edit it.
# A line is a node: cost in planner units, rows expected, and rows seen when it ran. Numbers have 3 digits.
`;

/** The file's text. The same baseline gives the same bytes, in whatever order its plans were accepted. */
export function writeBaseline({ query, environment, plans }: Baseline): string {
  const sorted = [...plans].sort(
    (a, b) =>
      compare(a.case ?? "", b.case ?? "") ||
      compare(a.kind, b.kind) ||
      a.plan.root.totalCost - b.plan.root.totalCost ||
      compare(writeTree(a.plan.root), writeTree(b.plan.root)),
  );
  const content = {
    format,
    query,
    environment: {
      postgres: environment.major,
      locale: environment.locale,
      settings: sortKeys(environment.settings),
      ...(Object.keys(environment.configured).length > 0 ? { configured: sortKeys(environment.configured) } : {}),
    },
    plans: sorted.map(({ case: caseName, kind, plan }) => ({
      case: caseName,
      kind,
      ...(Object.keys(plan.settings).length > 0 ? { settings: sortKeys(plan.settings) } : {}),
      ...(plan.notMeasured === undefined ? {} : { notMeasured: plan.notMeasured }),
      tree: writeTree(plan.root),
      ...(plan.effects ? { effects: writeEffects(plan.effects) } : {}),
      ...(plan.deferredFailed === undefined ? {} : { deferredFailed: plan.deferredFailed }),
    })),
  };
  return `${banner}${dump(content, { lineWidth: -1 })}`;
}

/** Reads a baseline file's text. Throws PlanGateError that names the file and the line. */
export function readBaseline(text: string, file: string): Baseline {
  const document = readYaml(text, { file }, { code: "baseline-invalid" });
  const { query, environment, plans } = checkShape(BaselineFile, document, "baseline-invalid");
  const { postgres, locale, settings, configured = {} } = environment;
  return {
    query,
    environment: { major: postgres, locale, settings, configured },
    plans: plans.map(({ case: caseName, kind, settings: planSettings = {}, tree, effects, ...rest }, index) => {
      const { notMeasured, deferredFailed } = rest;
      const read = <T>(key: "tree" | "effects", readText: () => T): T =>
        orProblem(readText, file, document.place(["plans", index, key]).line);
      const plan = {
        root: read("tree", () => readTree(tree)),
        settings: planSettings,
        ...(notMeasured === undefined ? {} : { notMeasured }),
        ...(effects === undefined ? {} : { effects: read("effects", () => readEffects(effects)) }),
        ...(deferredFailed === undefined ? {} : { deferredFailed }),
      };
      return { case: caseName, kind, plan };
    }),
  };
}

function orProblem<T>(readText: () => T, file: string, keyLine = 1): T {
  try {
    return readText();
  } catch (error) {
    if (!(error instanceof TreeTextError)) throw error;
    throw new PlanGateError("baseline-invalid", `this line of the plan ${error.message}`, {
      hint: "Restore the file from git, or run `plan-gate accept` for its query.",
      place: { file, line: keyLine + 1 + error.line },
    });
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortKeys(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compare(a, b)));
}
