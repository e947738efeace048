import * as z from "zod";

const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);

/** What one label accepted. Kept as the check run `plan-gate approval` on `head`, which only an App can write. */
export const ApprovalRecord = z.strictObject({
  version: z.literal(1),
  pullRequest: z.int().positive(),
  /** The head on which it was approved. */
  head: sha,
  /** Login of who put the label on. */
  approver: z.string().min(1).max(100),
  /** Id of the timeline's `labeled` event: another event is another approval. */
  event: z.int().positive(),
  /** Server time of that event, ISO 8601. */
  at: z.string().max(40),
  /** Why it was valid, in one line: "write access". */
  reason: z.string().max(300),
  /** Of what was shown when it was approved. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** The file versions that it accepts; a null blob accepts a deletion. Sorted by path. */
  files: z.array(z.strictObject({ path: z.string().max(1_000), blob: sha.nullable() })).max(10_000),
});
export type ApprovalRecord = Readonly<z.infer<typeof ApprovalRecord>>;
