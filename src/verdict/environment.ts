import type { Environment } from "./verdict.js";

/**
 * How two environments differ, in words; empty where plans of one can be compared with plans of the other. What either
 * side's settings file sets is no difference: it is judged.
 */
export function environmentDifferences(before: Environment, after: Environment): readonly string[] {
  const differences: string[] = [];
  if (before.major !== after.major) differences.push(`PostgreSQL ${before.major} → ${after.major}`);
  if (before.locale !== after.locale) differences.push(`locale ${before.locale} → ${after.locale}`);
  const names = new Set([...Object.keys(before.settings), ...Object.keys(after.settings)]);
  const configured = { ...before.configured, ...after.configured };
  for (const name of [...names].filter((one) => !(one in configured)).sort()) {
    const [then, now] = [before.settings[name] ?? "default", after.settings[name] ?? "default"];
    if (then !== now) differences.push(`${name} ${then} → ${now}`);
  }
  return differences;
}
