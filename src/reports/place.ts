import type { Place } from "../errors.js";
import type { Cause } from "../verdict/verdict.js";

/** `queries/orders.sql:12`, as editors and terminals open it. */
export function placeText({ file, line }: Place): string {
  return line === undefined ? file : `${file}:${line}`;
}

/** Where and what the statement is that did it, as compilers put it: `migrations/V012__tidy.sql:7: DROP INDEX …`. */
export function causeText(cause: Cause): string {
  return `${placeText(cause)}: ${cause.statement}`;
}
