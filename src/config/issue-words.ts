import type * as z from "zod";

/** What each of zod's types is called in YAML. */
const typeWords: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping (`key: value`)",
  record: "a mapping (`key: value`)",
  null: "empty",
};

/** zod's words for an issue, in ours. They follow the name of the key: "must be a number, not `abc`". */
export const wordsFor: z.core.$ZodErrorMap = (issue) => {
  const { input } = issue;
  switch (issue.code) {
    case "invalid_type":
    case "invalid_value":
      return input === undefined ? "is missing" : `must be ${expectationOf(issue)}, not ${shown(input)}`;
    case "too_small": {
      if (issue.origin !== "number" && issue.origin !== "int") {
        return Number(issue.minimum) <= 1 ? "must not be empty" : `must have at least ${issue.minimum} parts`;
      }
      return `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}, not ${shown(input)}`;
    }
    case "too_big":
      if (issue.origin !== "number" && issue.origin !== "int") return `must not be longer than ${issue.maximum}`;
      return `must be ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}, not ${shown(input)}`;
    default:
      return undefined;
  }
};

/** What would have been right, to follow "must be". */
export function expectationOf(issue: z.core.$ZodRawIssue | z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type": {
      const expected = String(issue["expected"]);
      return typeWords[expected] ?? expected;
    }
    case "invalid_value": {
      const values = [...new Set((issue["values"] as readonly unknown[]).map(String))].map((value) => `\`${value}\``);
      return values.length === 1 ? values.join() : `one of ${listWords(values, "or")}`;
    }
    case "invalid_union": {
      const errors = issue["errors"] as readonly (readonly z.core.$ZodIssue[])[];
      return listWords([...new Set(errors.flat().map(expectationOf))], "or");
    }
    default:
      return String(issue.message);
  }
}

/** A value as a message shows it: short, and lists and mappings by their kind only. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  const text = String(value);
  return `\`${text.length > 40 ? `${text.slice(0, 39)}…` : text}\``;
}

/** "a, b or c". */
export function listWords(words: readonly string[], last: "and" | "or"): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}
