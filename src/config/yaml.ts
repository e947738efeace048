import {
  CORE_SCHEMA,
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from "js-yaml";
import { type ErrorCode, type Place, PlanGateError } from "../errors.js";

export { checkShape } from "./shape.js";

/** Keys and 0-based indexes that lead from the top of a document to a value. */
export type ValuePath = readonly (string | number)[];

/** `typed`: YAML 1.2's core types. `text`: as written, so that 12345678901234567890 and 1.10 stay exact. */
type ScalarReading = "typed" | "text";

/** One document's value, and where each of its parts is written. */
export interface YamlDocument {
  readonly value: unknown;
  /** The line of that key or item; of its nearest existing parent where there is none. */
  place(path: ValuePath): Place;
}

/** How to read a text; a function may choose per value. Null (plain `null`, `~`, nothing) is null in both readings. */
export interface YamlOptions {
  readonly scalars?: ScalarReading | ((path: ValuePath) => ScalarReading);
  /** Of the errors thrown; `settings-invalid` where absent. */
  readonly code?: ErrorCode;
}

/** A value with the lines of its parts. */
interface Spot {
  readonly value: unknown;
  readonly line: number;
  readonly parts: ReadonlyMap<string | number, Spot>;
  /** Values in it, itself included, aliases counted as often as they appear. */
  readonly size: number;
}

/** Aliases can stand for more values than there is memory ("billion laughs"); no honest settings need this many. */
const maxValues = 100_000;

/** Reads one YAML mapping. `place.line` is the line of the file on which `text` begins (default 1). */
export function readYaml(
  text: string,
  place: { readonly file: string; readonly line?: number },
  { scalars = "typed", code = "settings-invalid" }: YamlOptions = {},
): YamlDocument {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const firstLine = place.line ?? 1;
  const readingOf = typeof scalars === "function" ? scalars : () => scalars;
  const fail: Fail = (message, line, hint = "Correct it there.") => {
    throw new PlanGateError(code, message, {
      hint,
      place: { file: place.file, line },
    });
  };
  const top = compose(source, eventsOf(source, firstLine, fail), { firstLine, readingOf, fail });
  return {
    value: top.value,
    place(path) {
      let spot = top;
      for (const step of path) {
        const part = spot.parts.get(step);
        if (!part) break;
        spot = part;
      }
      return { file: place.file, line: spot.line };
    },
  };
}

type Fail = (message: string, line: number, hint?: string) => never;

interface Reading {
  readonly firstLine: number;
  readonly readingOf: (path: ValuePath) => ScalarReading;
  readonly fail: Fail;
}

function eventsOf(source: string, firstLine: number, fail: Fail): readonly Event[] {
  try {
    return parseEvents(source, {});
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const hint = "Correct it there or just above; a value that holds `: `, ` #` or begins with a sign must be quoted.";
    return fail(`broken YAML: ${error.reason}`, firstLine + (error.mark?.line ?? 0), hint);
  }
}

/** Builds the value out of the parser's events: js-yaml's own constructor knows no lines and rounds big integers. */
function compose(source: string, events: readonly Event[], { firstLine, readingOf, fail }: Reading): Spot {
  const anchors = new Map<string, Spot>();
  const lineAt = lineCounter(source, firstLine);
  let next = 0;
  let line = firstLine;

  function readNode(path: ValuePath): Spot {
    const event = events[next++];
    if (!event || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) throw new Error("no node here");
    if (event.type === EVENT_ID.ALIAS) {
      line = lineAt(event.anchorStart);
      const name = source.slice(event.anchorStart, event.anchorEnd);
      const target = anchors.get(name) ?? fail(`the alias \`*${name}\` has no anchor \`&${name}\` before it`, line);
      return { ...target, line };
    }
    // An empty scalar has no position of its own: it stands where the one before it ended.
    const start = event.type === EVENT_ID.SCALAR ? event.valueStart : event.start;
    if (start >= 0) line = lineAt(start);
    if (event.tagStart >= 0) {
      fail(
        `the tag \`${source.slice(event.tagStart, event.tagEnd)}\` is not understood here: quote what is text`,
        line,
      );
    }
    const spot = event.type === EVENT_ID.SCALAR ? readScalar(event, path) : readCollection(event.type, path);
    if (event.anchorStart >= 0) anchors.set(source.slice(event.anchorStart, event.anchorEnd), spot);
    return spot;
  }

  function readScalar(event: ScalarEvent, path: ValuePath): Spot {
    const written = getScalarValue(source, event);
    const typed = event.style === SCALAR_STYLE.PLAIN ? CORE_SCHEMA.resolveImplicitScalarTag(written).value : written;
    const value = typed === null || readingOf(path) === "typed" ? typed : written;
    return { value, line, parts: new Map(), size: 1 };
  }

  function readCollection(type: number, path: ValuePath): Spot {
    const start = line;
    const parts = new Map<string | number, Spot>();
    let size = 1;
    while (events[next]?.type !== EVENT_ID.POP) {
      const key = type === EVENT_ID.MAPPING ? readKey(parts) : { name: parts.size, line: undefined };
      const part = readNode([...path, key.name]);
      size += part.size;
      if (size > maxValues) fail(`more than ${maxValues} values, aliases written out`, line);
      parts.set(key.name, { ...part, line: key.line ?? part.line });
    }
    next++;
    const entries = [...parts].map(([key, part]) => [key, part.value] as const);
    const value = type === EVENT_ID.MAPPING ? Object.fromEntries(entries) : entries.map(([, item]) => item);
    return { value, line: start, parts, size };
  }

  function readKey(known: ReadonlyMap<string | number, Spot>): { name: string; line: number } {
    const event = events[next++];
    if (event?.type !== EVENT_ID.SCALAR)
      return fail("a key must be plain text, not a list, a mapping or an alias", line);
    if (event.valueStart >= 0) line = lineAt(event.valueStart);
    const name = getScalarValue(source, event);
    const before = known.get(name);
    if (before) fail(`the key \`${name}\` is there twice: first on line ${before.line}`, line);
    return { name, line };
  }

  const [first] = events;
  if (!first) return { value: {}, line: firstLine, parts: new Map(), size: 1 };
  next = 1;
  const top = readNode([]);
  // The document's own end comes before another document.
  if (next + 1 < events.length) fail("several YAML documents in one: only one is read", line);
  if (top.value === null) return { ...top, value: {} };
  if (typeof top.value !== "object" || Array.isArray(top.value)) fail("not a YAML mapping (`key: value`)", top.line);
  return top;
}

/** Turns offsets, which must not go back, into line numbers. */
function lineCounter(source: string, firstLine: number): (offset: number) => number {
  const lineEnd = /\r\n|\r|\n/g;
  const starts = [...source.matchAll(lineEnd)].map(({ index, 0: end }) => index + end.length);
  let passed = 0;
  return (offset) => {
    while ((starts[passed] ?? Number.POSITIVE_INFINITY) <= offset) passed++;
    return firstLine + passed;
  };
}
