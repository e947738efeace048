import { posix } from "node:path";
import type { Place } from "../errors.js";
import { causePlace } from "../verdict/cause.js";
import type { Conclusion, Decided } from "./conclusion.js";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** "1 plan", "1,200 plans", "2 queries". */
export function counted(number: number, noun: string, plural = `${noun}s`): string {
  return `${whole.format(number)} ${number === 1 ? noun : plural}`;
}

/** "a", "a and b", "a, b and 3 more": `most` of them by name. */
export function listed(items: readonly string[], most: number): string {
  const named = items.slice(0, most);
  const rest = items.length - named.length;
  const all = rest > 0 ? [...named, `${whole.format(rest)} more`] : named;
  const last = all.at(-1) ?? "";
  return all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${last}` : last;
}

/** A place relative to the repository's top, in backquotes. */
export function placeWord(config: string, { file, line }: Place): string {
  const path = posix.join(posix.dirname(config), file);
  return `\`${line === undefined ? path : `${path}:${line}`}\``;
}

/** What nobody approved of what got worse, is no longer watched, or `strict` does not let pass. */
export function blockedOf({ decided }: Conclusion): readonly Decided[] {
  return decided.filter(({ decision }) => decision.kind === "blocked");
}

/** The lines that made plans worse, the one that did most first, in backquotes. */
export function culpritsOf(decided: readonly Decided[]): readonly string[] {
  const times = new Map<string, number>();
  for (const { config, outcome } of decided) {
    const causes = outcome.findings.flatMap(({ cause }) => {
      const place = cause ? causePlace(cause) : undefined;
      return place ? [placeWord(config, place)] : [];
    });
    for (const place of new Set(causes)) times.set(place, (times.get(place) ?? 0) + 1);
  }
  return [...times].sort(([a, times1], [b, times2]) => times2 - times1 || (a < b ? -1 : 1)).map(([place]) => place);
}
