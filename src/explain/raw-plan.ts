import * as z from "zod";

const text = z.string().optional();
const number = z.number().optional();
const flag = z.boolean().optional();
const words = z.union([z.string(), z.array(z.unknown())]).optional();

/**
 * One node as PostgreSQL 14 to 18 prints it, in PostgreSQL's spelling; keys that are not named here are let through.
 * Children are checked one by one by whoever walks them: plans nest hundreds of levels deep.
 */
export const RawNode = z.looseObject({
  "Node Type": z.string(),
  "Parent Relationship": text,
  "Subplan Name": text,
  Schema: text,
  "Relation Name": text,
  Alias: text,
  "Index Name": text,
  "CTE Name": text,
  "Function Name": text,
  "Table Function Name": text,
  "Tuplestore Name": text,
  "Custom Plan Provider": text,
  "Join Type": text,
  "Inner Unique": flag,
  "Parallel Aware": flag,
  "Single Copy": flag,
  Disabled: flag,
  Strategy: text,
  "Partial Mode": text,
  "Scan Direction": text,
  Operation: text,
  Command: text,
  "Startup Cost": z.number(),
  "Total Cost": z.number(),
  "Plan Rows": z.number(),
  "Actual Rows": number,
  "Actual Loops": number,
  "Rows Removed by Filter": number,
  "Rows Removed by Join Filter": number,
  "Rows Removed by Index Recheck": number,
  "Heap Fetches": number,
  "Lossy Heap Blocks": number,
  "Hash Batches": number,
  "HashAgg Batches": number,
  "Disk Usage": number,
  "Sort Space Type": text,
  "Sort Space Used": number,
  "Shared Hit Blocks": number,
  "Shared Read Blocks": number,
  "Temp Read Blocks": number,
  "Temp Written Blocks": number,
  "Workers Planned": number,
  "Subplans Removed": number,
  "Sort Key": words,
  "Group Key": words,
  Plans: z.array(z.unknown()).optional(),
});
export type RawNode = z.infer<typeof RawNode>;

/** What EXPLAIN (FORMAT JSON) prints: one element for each statement that rewriting left. */
export const RawExplain = z.array(
  z.looseObject({ Plan: z.unknown(), Settings: z.record(z.string(), z.string()).optional() }),
);
