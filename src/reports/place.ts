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

/** Who did it, and how that is known; or what was tried in vain. */
export function causeStory(cause: Cause): string {
  const { kind, tried = "" } = cause;
  if (tried === "") return causeText(cause);
  return kind === "unknown" ? `${causeText(cause)}; tried: ${tried}` : `${causeText(cause)} (${tried})`;
}

/** The cause as short as a table's cell: its place, or what it was. */
export function causeSpot(cause: Cause): string {
  const place = causePlace(cause);
  return place ? placeText(place) : causeName(cause);
}
