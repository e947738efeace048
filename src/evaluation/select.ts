import { createHash } from "node:crypto";
import { PlanGateError } from "../errors.js";
import type { Share } from "./evaluation.js";

const mostShards = 1_000;

/** Reads "2/4", the second of four. Throws PlanGateError for anything else. */
export function parseShard(text: string): Share {
  const [, index, of] = /^\s*([1-9][0-9]{0,3})\s*\/\s*([1-9][0-9]{0,3})\s*$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (index === undefined || of === undefined || shard.of > mostShards) {
    throw unfit(text, `Write which shard of how many, at most ${mostShards}, as in \`2/4\`.`);
  }
  if (shard.index > shard.of) throw unfit(text, `There are only ${shard.of}: count from \`1/${shard.of}\`.`);
  return shard;
}

function unfit(text: string, hint: string): PlanGateError {
  return new PlanGateError("settings-invalid", `the shard is \`${text.slice(0, 100)}\``, { hint });
}

/** Whether a query is in this share of all of them. Each is in exactly one, whatever other queries come and go. */
export function inShard(query: string, { index, of }: Share): boolean {
  // 48 bits: the most that a number holds exactly, so that shares are even.
  return createHash("sha256").update(query).digest().readUIntBE(0, 6) % of === index - 1;
}
