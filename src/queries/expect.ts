import * as z from "zod";
import type { Expectations } from "../plan/expectations.js";

const name = z.string().min(1);
const names = z.union([name, z.array(name).min(1)]).optional();
const most = z.number().nonnegative().optional();
const count = z.int().nonnegative().optional();

/** The `expect` of a query's header. */
export const Expect = z
  .strictObject({
    usesIndex: names,
    neverReadsWhole: names,
    maxBlocks: count,
    maxRowsRead: count,
    maxCost: most,
    maxPartitions: count,
  })
  .refine((expect) => Object.keys(expect).length > 0, {
    error: "must state something, such as `usesIndex: orders_pkey`",
    // A key that is misspelt is told as such.
    when: ({ issues }) => issues.length === 0,
  });

/** The same with every name in a list. */
export function readExpectations(expect: z.infer<typeof Expect>): Expectations {
  const { usesIndex, neverReadsWhole, ...figures } = expect;
  return {
    ...(usesIndex === undefined ? {} : { usesIndex: [usesIndex].flat() }),
    ...(neverReadsWhole === undefined ? {} : { neverReadsWhole: [neverReadsWhole].flat() }),
    ...(figures as Pick<Expectations, keyof typeof figures>),
  };
}
