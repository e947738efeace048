import { PlanGateError } from "../errors.js";
import type { Layout } from "./layout.js";
import { namesOf } from "./plain.js";

const pattern = /^(?:(?<kind>[VUB])(?<version>\d+(?:[._]\d+)*)|(?<repeatable>R))__(?<description>.+)\.sql$/;

interface FlywayFile {
  readonly name: string;
  readonly kind: "V" | "U" | "B" | "R";
  /** Without trailing zeros: 1.0 is 1. */
  readonly version: readonly bigint[];
  readonly description: string;
}

/** Flyway's `V1_2__name.sql`; `U` scripts undo and are left out, `B` stands for all before it, `R` comes last. */
export const flyway: Layout = {
  id: "flyway",
  summary:
    "Flyway's names: `V1_2__name.sql` by version, then `R__name.sql` by name; `U…` scripts undo and are not applied.",

  // One such name is enough: in natural order a folder with a stranger in it would run the undo scripts too.
  recognises: (names) => names.some((name) => pattern.test(baseOf(name))),

  order(names) {
    const files = names.map(readName);
    const of = (kind: FlywayFile["kind"]) => files.filter((file) => file.kind === kind);
    const versioned = of("V").sort(byVersion);
    const baselines = of("B").sort(byVersion);
    const repeatables = of("R").sort(byDescription);
    for (const group of [versioned, baselines]) refuseTwins(group, byVersion, "version");
    refuseTwins(repeatables, byDescription, "description");
    const baseline = baselines.at(-1);
    const later = versioned.filter((file) => !baseline || byVersion(file, baseline) > 0);
    return [...(baseline ? [baseline] : []), ...later, ...repeatables].map((file) => ({
      name: file.name,
      names: [...new Set([...namesOf(file.name), ...versionNames(file)])],
    }));
  },
};

function baseOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function readName(name: string): FlywayFile {
  const groups = pattern.exec(baseOf(name))?.groups;
  if (!groups) {
    throw new PlanGateError("input-missing", `${name} is among Flyway's files and has none of its names`, {
      hint: "Name it `V<version>__<description>.sql` or `R__<description>.sql`, move it elsewhere, or run Flyway itself with `migrations.command`.",
      place: { file: name },
    });
  }
  const { kind = "R", version = "", description = "" } = groups;
  const parts = version === "" ? [] : version.split(/[._]/).map(BigInt);
  while (parts.length > 1 && parts.at(-1) === 0n) parts.pop();
  return { name, kind: kind as FlywayFile["kind"], version: parts, description };
}

function versionNames({ name, version }: FlywayFile): readonly string[] {
  if (version.length === 0) return [];
  const [written = ""] = baseOf(name).split("__");
  const joined = [".", "_"].map((separator) => version.join(separator));
  return [written, written.slice(1), ...joined, ...joined.map((one) => `V${one}`)];
}

/** Part by part as numbers; missing parts count as 0, as Flyway has it. */
function byVersion({ version: a }: FlywayFile, { version: b }: FlywayFile): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [one, other] = [a[at] ?? 0n, b[at] ?? 0n];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

function byDescription({ description: a }: FlywayFile, { description: b }: FlywayFile): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function refuseTwins(
  files: readonly FlywayFile[],
  compare: (a: FlywayFile, b: FlywayFile) => number,
  what: string,
): void {
  for (const [index, file] of files.entries()) {
    const next = files[index + 1];
    if (!next || compare(file, next) !== 0) continue;
    throw new PlanGateError("migration-failed", `${file.name} and ${next.name} have the same ${what}`, {
      hint: `Give one of the two another ${what}: their order is not known.`,
      place: { file: next.name },
    });
  }
}
