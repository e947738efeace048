import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";
import { type ErrorCode, PlanGateError } from "../errors.js";
import { expectationOf, listWords, shown, wordsFor } from "./issue-words.js";
import type { ValuePath, YamlDocument } from "./yaml.js";

/** A part of a document that is not as the schema wants it. */
interface Flaw {
  readonly path: ValuePath;
  /** What is wrong, `path` named. */
  readonly message: string;
}

const hints: Partial<Record<ErrorCode, string>> = {
  "settings-invalid": "Correct it there; docs/settings.md of plan-gate says what every key may be.",
  "query-invalid": "Correct the comment header of the query.",
  "baseline-invalid": "Restore the file from git, or run `plan-gate accept` to write it anew.",
};

/** Told at once; whoever made more mistakes than this is better served by the reference page. */
const maxFlaws = 8;

/** Checks a document and returns what the schema makes of it. Throws one PlanGateError: all flaws, in the file's order. */
export function checkShape<T>(schema: z.ZodType<T>, document: YamlDocument, code: ErrorCode): T {
  const result = schema.safeParse(document.value, { error: wordsFor, reportInput: true });
  if (result.success) return result.data;
  const flaws = result.error.issues
    .flatMap((issue) => flawsOf(issue, [], schema))
    .map((flaw) => ({ ...flaw, place: document.place(flaw.path) }))
    .sort((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0));
  const [first, ...others] = flaws;
  if (!first) throw new Error("zod refused a document without an issue");
  const more = others.slice(0, maxFlaws - 1).map(({ message, place }) => `also line ${place.line}: ${message}`);
  const left = flaws.length > maxFlaws ? [`and ${flaws.length - maxFlaws} more`] : [];
  throw new PlanGateError(code, [first.message, ...more, ...left].join("\n"), {
    hint: hints[code] ?? "Correct it there.",
    place: first.place,
  });
}

/** One issue of zod's as one flaw for each key that it is about. */
function flawsOf(issue: z.core.$ZodIssue, above: ValuePath, schema: z.ZodType): readonly Flaw[] {
  const path = [...above, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(path, key, schema) }));
    case "invalid_union":
      return unionFlaws(issue, path, schema);
    case "invalid_key":
      return issue.issues.slice(0, 1).map(({ message }) => ({ path, message: `${named(path)} ${message}` }));
    default:
      return [{ path, message: `${named(path)} ${issue.message}` }];
  }
}

/** Of alternatives, the flaws of the one whose type fits; where none does, what each of them would have been. */
function unionFlaws(issue: z.core.$ZodIssueInvalidUnion, path: ValuePath, schema: z.ZodType): readonly Flaw[] {
  const fitting = issue.errors.find((alternative) => !alternative.some(isOtherType));
  if (fitting) return fitting.flatMap((inner) => flawsOf(inner, path, schema));
  const expected = issue.errors.flatMap((alternative) => alternative.filter(isOtherType).map(expectationOf));
  const message = `${named(path)} must be ${[...new Set(expected)].join(", or ")}, not ${shown(issue.input)}`;
  return [{ path, message }];
}

function isOtherType({ path, code }: z.core.$ZodIssue): boolean {
  return path.length === 0 && (code === "invalid_type" || code === "invalid_value" || code === "invalid_union");
}

function named(path: ValuePath): string {
  if (path.length === 0) return "the whole";
  return `\`${path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "")}\``;
}

function unknownKey(parent: ValuePath, key: string, schema: z.ZodType): string {
  const message = `unknown key ${named([...parent, key])}`;
  const root = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const known = parent.reduce<readonly JsonSchema[]>(
    (schemas, step) => schemas.flatMap((one) => below(one, step)),
    alternativesOf(root),
  );
  const here = [...new Set(known.flatMap((one) => Object.keys(one.properties ?? {})))];
  const near = nearest(key, here);
  if (near !== undefined) return `${message}: did you mean \`${near}\`?`;
  const elsewhere = pathsOf(root, []).find((path) => path.at(-1) === key);
  if (elsewhere) return `${message}: did you mean ${named(elsewhere)}?`;
  return here.length === 0
    ? message
    : `${message}: there ${here.length === 1 ? "is" : "are"} ${listWords(
        here.map((one) => `\`${one}\``),
        "and",
      )}`;
}

/** The candidate that was most likely meant; undefined where none is near. */
function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const folded = candidates.map((candidate) => candidate.toLowerCase());
  const best = folded.indexOf(closest(word.toLowerCase(), folded));
  const tolerance = Math.max(2, Math.floor(word.length / 3));
  return distance(word.toLowerCase(), folded[best] ?? "") <= tolerance ? candidates[best] : undefined;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function alternativesOf(schema: z.core.JSONSchema._JSONSchema | undefined): readonly JsonSchema[] {
  if (typeof schema !== "object") return [];
  return [schema, ...[schema.anyOf, schema.oneOf, schema.allOf].flatMap((of) => (of ?? []).flatMap(alternativesOf))];
}

function below(schema: JsonSchema, step: string | number): readonly JsonSchema[] {
  if (typeof step === "number") return [schema.items].flat().flatMap(alternativesOf);
  return alternativesOf(schema.properties?.[step] ?? schema.additionalProperties);
}

function pathsOf(schema: JsonSchema, above: ValuePath): readonly ValuePath[] {
  return alternativesOf(schema).flatMap((one) =>
    Object.entries(one.properties ?? {}).flatMap(([key, value]) => {
      const path = [...above, key];
      return typeof value === "object" ? [path, ...pathsOf(value, path)] : [path];
    }),
  );
}
