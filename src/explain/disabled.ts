import type { RawNode } from "./raw-plan.js";

/** The operators whose cost each setting raises in costsize.c (14 to 17). The others only keep a path from being made. */
const disabledBy: Readonly<Record<string, readonly string[]>> = {
  enable_bitmapscan: ["Bitmap Heap Scan"],
  enable_gathermerge: ["Gather Merge"],
  enable_hashagg: ["Aggregate"],
  enable_hashjoin: ["Hash Join"],
  enable_indexscan: ["Index Scan", "Index Only Scan"],
  enable_mergejoin: ["Merge Join"],
  enable_nestloop: ["Nested Loop"],
  enable_seqscan: ["Seq Scan"],
  enable_sort: ["Sort"],
  enable_tidscan: ["Tid Scan"],
};

/** costsize.c: added for each disabled path, to the costs of all nodes above it too. */
const disableCost = 1e10;

/** What a server up to 17 added to its costs for paths that a setting forbids; from 18 on it prints `Disabled` instead. */
export interface DisabledPaths {
  /** Whether the node itself is one that a setting forbids. */
  isDisabled(raw: RawNode): boolean;
  /** Planner units, as they would be without the penalties. */
  withoutPenalty(raw: RawNode, cost: number): number;
}

/** `settings`: those that EXPLAIN prints. With none of them off a huge cost is a real one. */
export function readDisabledPaths(settings: Readonly<Record<string, string>>): DisabledPaths {
  const off = Object.keys(disabledBy).filter((setting) => settings[setting] === "off");
  const operators = new Set(off.flatMap((setting) => disabledBy[setting] ?? []));
  return {
    isDisabled(raw) {
      if (raw.Disabled !== undefined) return raw.Disabled;
      if (!operators.has(raw["Node Type"]) || raw["Total Cost"] < disableCost) return false;
      return raw["Node Type"] !== "Aggregate" || raw.Strategy === "Hashed" || raw.Strategy === "Mixed";
    },
    withoutPenalty(raw, cost) {
      return off.length > 0 && raw.Disabled === undefined && cost >= disableCost ? cost % disableCost : cost;
    },
  };
}
