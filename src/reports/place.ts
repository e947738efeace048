import type { Place } from "../errors.js";
import { causeName, causePlace } from "../verdict/cause.js";
import type { Cause } from "../verdict/verdict.js";

/** `queries/orders.sql:12`, as editors and terminals open it. */
export function placeText({ file, line }: Place): string {
  return line === undefined ? file : `${file}:${line}`;
}

/** Where and what it was that did it, as compilers put it: `migrations/V012__tidy.sql:7: DROP INDEX …`. */
export function causeText(cause: Cause): string {
  const place = causePlace(cause);
  return place ? `${placeText(place)}: ${causeName(cause)}` : causeName(cause);
}

/** The cause as short as a table's cell: its place, or what it was. */
export function causeSpot(cause: Cause): string {
  const place = causePlace(cause);
  return place ? placeText(place) : causeName(cause);
}
