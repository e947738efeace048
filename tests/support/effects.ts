import type { TableEffect } from "../../src/plan/effects.js";

/** What was done to a table of `public`; figures that are not named are 0. */
export function effect(name: string, figures: Partial<Omit<TableEffect, "relation">>): TableEffect {
  const none = { seqScans: 0, rowsReadBySeqScans: 0, indexScans: 0, rowsReadByIndexScans: 0, indexBlocks: 0 };
  return { relation: { schema: "public", name }, ...none, inserted: 0, updated: 0, deleted: 0, ...figures };
}
