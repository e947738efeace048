import { walkPlan } from "../../plan/walk.js";
import { whatSpills } from "../words.js";
import { count, type FindFlags } from "./flag.js";

/** A sort, hash or materialization that does not fit into work_mem. */
export const findSpill: FindFlags = ({ after }, _accesses, options) => {
  const written = after.root.actual?.tempBlocks ?? 0;
  if (written < options.minTempBlocks) return [];
  // Blocks of children are counted in their parents: the last node that still has all of them wrote most.
  const spilling = walkPlan(after.root).filter(({ node }) => (node.actual?.tempBlocks ?? 0) > written / 2);
  const node = spilling.at(-1)?.node ?? after.root;
  return [
    {
      relation: null,
      title: `${whatSpills(node.operator)} does not fit into memory (\`work_mem\`): ${count(written)} temporary blocks of 8 kB are written or read`,
      fix: "Let it sort or hash fewer rows or columns, give it an index that delivers the rows in order, or more `work_mem`.",
      node,
      // About a hundred rows lie in a block.
      rows: written * 100,
    },
  ];
};
