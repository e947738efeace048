import type { Proposal } from "../evaluation/evaluation.js";
import { isNoLooser } from "../plan/expectations.js";
import { type Sides, same, versionsOf } from "./side.js";

const policyKeys = ["rules", "tieMaxRatio", "strict", "enforce", "approval", "baselines", "watch", "queries"] as const;

/** What the tested tree changes of the settings by which plans are judged, and of the rules and expectations in queries' headers. */
export async function proposedPolicy(sides: Sides): Promise<readonly Proposal[]> {
  const { base, head, file } = sides;
  const keys = policyKeys.filter((key) => !same(base.settings[key], head.settings[key]));
  const proposals =
    keys.length > 0 ? [await proposal(sides, null, file, `changes ${listed(keys)} in \`${file}\``)] : [];
  const before = new Map(base.queries.queries.map((query) => [query.name, query]));
  for (const { name, file: queryFile, rules, expect = {} } of head.queries.queries) {
    const then = before.get(name);
    if (!then || !sides.selectsName(name)) continue;
    if (!same(then.rules, rules)) {
      proposals.push(await proposal(sides, name, queryFile, "changes the `rules` in the query's header"));
    }
    if (same(then.expect ?? {}, expect)) continue;
    if (isNoLooser(expect, then.expect ?? {})) {
      const adds = await proposal(sides, name, queryFile, "adds to `expect` in the query's header");
      proposals.push({ ...adds, counts: "freely", next: "" });
    } else {
      proposals.push(await proposal(sides, name, queryFile, "takes from `expect` in the query's header"));
    }
  }
  return proposals;
}

function listed(keys: readonly string[]): string {
  return keys.map((key) => `\`${key}\``).join(", ");
}

async function proposal(sides: Sides, query: string | null, file: string, what: string): Promise<Proposal> {
  return {
    kind: "policy",
    query,
    files: await versionsOf(sides, [file]),
    counts: "once approved",
    what,
    next: "Have it approved, or take it out of this branch: until it is merged the base's counts.",
  };
}
