import { baselinePath, readBaseline, writeBaseline } from "../baselines/baseline.js";
import { PlanGateError } from "../errors.js";
import { EvaluationDocument } from "./document-schema.js";
import type { Candidate, Evaluation, EvaluationSet } from "./evaluation.js";
import { byConfigAndMajor, nameOf } from "./order.js";
import { readOutcome, refuseExhausting, sortKeys, UnreadablePlan, writeOutcome } from "./plan-text.js";

/** In UTF-16 units; what a runner hands on may not be larger. */
const largestDocument = 20_000_000;
const mostValues = 2_000_000;
const deepest = 20;

/** A set as text: equal sets give equal bytes. Throws PlanGateError for what `readEvaluations` would refuse. */
export function writeEvaluations(set: EvaluationSet): string {
  const evaluations = [...set.evaluations].sort(byConfigAndMajor).map(writeEvaluation);
  const document = checkDocument({ ...set, evaluations });
  const text = `${JSON.stringify(document)}\n`;
  if (text.length > largestDocument) throw refused(`is larger than ${largestDocument} characters`);
  return text;
}

/** Reads what `writeEvaluations` wrote, and nothing else: a text that would be written otherwise is refused. */
export function readEvaluations(text: string): EvaluationSet {
  if (text.length > largestDocument) throw refused(`is larger than ${largestDocument} characters`);
  const { evaluations, ...rest } = checkDocument(parseJson(text));
  const set = { ...(rest as Omit<EvaluationSet, "evaluations">), evaluations: evaluations.map(readEvaluation) };
  // Duplicate keys, another order or spelling: then two readers could see two things.
  if (writeEvaluations(set) !== text) throw refused("is not written as plan-gate writes it");
  return set;
}

type EvaluationPart = EvaluationDocument["evaluations"][number];

function writeEvaluation(evaluation: Evaluation): unknown {
  const { verdict } = evaluation;
  const { environment } = verdict;
  return {
    ...evaluation,
    verdict: {
      ...verdict,
      outcomes: verdict.outcomes.map(writeOutcome),
      ...(environment
        ? {
            environment: {
              ...environment,
              settings: sortKeys(environment.settings),
              configured: sortKeys(environment.configured),
            },
          }
        : {}),
    },
  };
}

function readEvaluation(evaluation: EvaluationPart): Evaluation {
  const { verdict } = evaluation;
  const outcomes = verdict.outcomes.map((outcome) => {
    try {
      return readOutcome(outcome);
    } catch (error) {
      if (!(error instanceof UnreadablePlan)) throw error;
      throw refused(`has a plan of \`${shorten(outcome.name)}\` that ${error.message}`);
    }
  });
  for (const candidate of evaluation.candidates) checkCandidate(candidate, evaluation);
  return { ...(evaluation as Omit<Evaluation, "verdict">), verdict: { ...verdict, outcomes } as Evaluation["verdict"] };
}

/** A proposed baseline is written to a branch by us: it must be one, as we write it, where this query's lies. */
function checkCandidate({ query, path, text }: Candidate, { baselines, major }: EvaluationPart): void {
  const name = `\`${shorten(path)}\``;
  if (major === null || path !== baselinePath(baselines, major, query)) {
    throw refused(`proposes ${name}, which is not where the baseline of \`${shorten(query)}\` lies`);
  }
  const baseline = readProposed(text, path);
  if (baseline.query !== query || baseline.environment.major !== major) {
    throw refused(`proposes ${name} as the baseline of another query or major`);
  }
  if (writeBaseline(baseline) !== text) throw refused(`proposes ${name}, which plan-gate would write otherwise`);
}

function readProposed(text: string, path: string): ReturnType<typeof readBaseline> {
  try {
    refuseExhausting(text);
    return readBaseline(text, path);
  } catch (error) {
    // A hostile text may also be nested so deep that reading it ends in a RangeError.
    if (!(error instanceof PlanGateError || error instanceof UnreadablePlan || error instanceof RangeError))
      throw error;
    throw refused(`proposes \`${shorten(path)}\`, which is no baseline: ${shorten(error.message)}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refused("is no JSON");
  }
}

function checkDocument(value: unknown): EvaluationDocument {
  refuseTooMuch(value);
  const result = EvaluationDocument.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const at = issue?.path.join(".");
    throw refused(`is not as it must be: ${at ? `\`${shorten(at)}\` ` : ""}${shorten(issue?.message ?? "")}`);
  }
  const { evaluations } = result.data;
  for (const [index, evaluation] of evaluations.entries()) {
    const before = evaluations[index - 1];
    if (before && byConfigAndMajor(before, evaluation) >= 0) {
      throw refused(`has ${nameOf(evaluation)} twice, or out of order`);
    }
  }
  return result.data;
}

/** Before anything looks closer: every wrong value costs a message. */
function refuseTooMuch(top: unknown): void {
  let left = mostValues;
  const pending = [{ value: top, depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth > deepest) throw refused(`is nested deeper than ${deepest} levels`);
    const values = Object.values(value);
    left -= values.length;
    if (left < 0) throw refused(`has more than ${mostValues} values`);
    for (const below of values) pending.push({ value: below, depth: depth + 1 });
  }
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function refused(reason: string): PlanGateError {
  return new PlanGateError("evaluation-invalid", `the evaluation ${reason}`, {
    hint: "Run the job that evaluates once more, with the same version of plan-gate as the job that reports.",
  });
}
