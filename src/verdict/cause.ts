import type { Place } from "../errors.js";
import type { Cause, CauseKind } from "./verdict.js";

/** Where a cause stands in the user's files; undefined where it is nowhere in them. */
export function causePlace({ file, line }: Cause): Place | undefined {
  if (file === undefined) return undefined;
  return line === undefined ? { file } : { file, line };
}

const kindWords: Readonly<Record<CauseKind, string>> = {
  migration: "a migration",
  query: "the change of the query",
  seed: "the change of the seed",
  settings: "the change of the settings",
  session: "the change of the session file",
  interaction: "several changes together",
  drift: "nothing in this change",
  unknown: "not found",
};

/** What did it, in words that need no place: a statement, or what kind of change it was. */
export function causeName({ kind, statement }: Cause): string {
  if (statement === "") return kindWords[kind];
  return kind === "migration" ? statement : `${kindWords[kind]}: ${statement}`;
}

/** Whether something in this change is to blame. */
export function isBlame({ kind }: Cause): boolean {
  return kind !== "unknown" && kind !== "drift";
}
