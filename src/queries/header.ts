import * as z from "zod";
import { checkShape, readYaml } from "../config/yaml.js";
import type { Place } from "../errors.js";
import type { Expectations } from "../plan/expectations.js";
import { RuleSettings } from "../rules/settings.js";
import { Expect, readExpectations } from "./expect.js";
import type { PlanKind } from "./query.js";

/** A part of a file that holds one query: its header, and the text up to the next header. */
export interface Chunk {
  /** The header's YAML, without the comment marks; absent in a file that has none. */
  readonly header?: { readonly yaml: string; readonly line: number };
  readonly text: string;
  /** 1-based line on which `text` begins. */
  readonly line: number;
}

const keys = ["name", "owner", "cases", "plans", "rules", "expect"] as const;
const keyLine = new RegExp(`^\\s*--\\s*(?:${keys.join("|")})\\s*:`);
const nameLine = /^\s*--\s*name\s*:/;
const commentLine = /^\s*--/;

/**
 * Cuts a file at its headers. A header is a run of comment lines that has a `name:`; before the file's first
 * statement any of the known keys makes one. Prose above it is left alone.
 */
export function cutAtHeaders(text: string): readonly Chunk[] {
  const lines = text.split(/\r?\n/);
  const starts: { line: number; end: number }[] = [];
  let sawStatement = false;
  for (let at = 0; at < lines.length; at++) {
    if (!commentLine.test(lines[at] ?? "")) {
      sawStatement ||= (lines[at] ?? "").trim() !== "";
      continue;
    }
    let end = at;
    while (end + 1 < lines.length && commentLine.test(lines[end + 1] ?? "")) end++;
    const block = lines.slice(at, end + 1);
    const isHeader =
      block.some((line) => nameLine.test(line)) || (!sawStatement && block.some((line) => keyLine.test(line)));
    if (isHeader) starts.push({ line: at + block.findIndex((line) => keyLine.test(line)), end });
    at = end;
  }
  if (starts.length === 0) return [{ text, line: 1 }];
  const chunks = starts.map(({ line, end }, index): Chunk => {
    const until = starts[index + 1]?.line ?? lines.length;
    const yaml = lines.slice(line, end + 1).map((comment) => comment.replace(/^\s*-- ?/, ""));
    return {
      header: { yaml: yaml.join("\n"), line: line + 1 },
      text: lines.slice(end + 1, until).join("\n"),
      line: end + 2,
    };
  });
  const lead = lines.slice(0, starts[0]?.line ?? 0);
  const hasLead = lead.some((line) => line.trim() !== "" && !commentLine.test(line));
  return hasLead ? [{ text: lead.join("\n"), line: 1 }, ...chunks] : chunks;
}

/** What a name may be: it becomes a file's name below the baselines. */
export const queryName = z
  .string()
  .max(150)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/, {
    error: "must be letters, digits, `.`, `_`, `-`, with `/` between parts",
  });

const Header = z.strictObject({
  name: queryName.optional(),
  owner: z.string().optional(),
  cases: z.record(z.string(), z.array(z.unknown())).optional(),
  plans: z
    .array(z.enum(["custom", "generic"]))
    .min(1)
    .optional(),
  rules: RuleSettings.optional(),
  expect: Expect.optional(),
});

/** A header, checked. */
export interface QueryHeader {
  readonly name?: string;
  readonly owner?: string;
  readonly cases?: readonly {
    readonly name: string;
    readonly values: readonly (string | null)[];
    readonly place: Place;
  }[];
  readonly plans: readonly PlanKind[];
  readonly rules: RuleSettings;
  readonly expect?: Expectations;
}

/** Reads a header's YAML. Throws PlanGateError with the file's line. */
export function readHeader(header: { readonly yaml: string; readonly line: number }, file: string): QueryHeader {
  const place = { file, line: header.line };
  const document = readYaml(header.yaml, place, { code: "query-invalid" });
  const { name, owner, cases, plans, rules, expect } = checkShape(Header, document, "query-invalid");
  // Once more as text: YAML's numbers would lose digits that bigint and numeric have.
  const texts = readYaml(header.yaml, place, { code: "query-invalid", scalars: "text" });
  const values = ((texts.value as { cases?: Record<string, unknown[]> }).cases ?? {}) as Record<string, unknown[]>;
  return {
    ...(name === undefined ? {} : { name }),
    ...(owner === undefined ? {} : { owner }),
    ...(cases === undefined
      ? {}
      : {
          cases: Object.keys(cases).map((key) => ({
            name: key,
            values: (values[key] ?? []).map(valueText),
            place: texts.place(["cases", key]),
          })),
        }),
    plans: plans ?? ["custom"],
    rules: rules ?? {},
    ...(expect === undefined ? {} : { expect: readExpectations(expect) }),
  };
}

/** A scalar as it was written; a list as PostgreSQL's array literal; a mapping as JSON. */
function valueText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return `{${value.map(arrayElement).join(",")}}`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function arrayElement(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(arrayElement).join(",")}}`;
  const text = valueText(value);
  return text === null ? "NULL" : `"${text.replace(/["\\]/g, "\\$&")}"`;
}
