import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { PlanGateError } from "../errors.js";
import { readEvaluations, writeEvaluations } from "./document.js";
import type { EvaluationSet } from "./evaluation.js";

/** Of a check run's text, 65,535 characters; what is left is for people. */
const longestMemo = 60_000;
/** In UTF-16 units: ten times of what fits. Compressing more would only take time. */
const largestPacked = 4_000_000;
/** In bytes: UTF-8 has up to three for a unit. */
const largestUnpacked = 3 * largestPacked;

const opening = "<!-- plan-gate evaluation 1: ";
const memoPattern = /<!-- plan-gate evaluation 1: ([A-Za-z0-9+/]+={0,2}) -->/g;

/**
 * The whole set as an invisible comment of a check run's text, from which a later run repeats the verdict; nothing is
 * left out. Undefined where it does not fit (some 400 queries with plans of ten lines) or cannot be written: a later run
 * then evaluates anew.
 */
export function packMemo(set: EvaluationSet): string | undefined {
  const text = writtenOrNot(set);
  if (text === undefined || text.length > largestPacked) return undefined;
  // A fifth smaller than gzip: the window covers the whole document, and plans of one schema resemble each other.
  const packed = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } }).toString("base64");
  const memo = `${opening}${packed} -->`;
  return memo.length > longestMemo ? undefined : memo;
}

function writtenOrNot(set: EvaluationSet): string | undefined {
  try {
    return writeEvaluations(set);
  } catch (error) {
    if (error instanceof PlanGateError) return undefined;
    throw error;
  }
}

/** The set in a check run's text. Undefined where there is none, several, or anything is wrong with it. */
export function unpackMemo(text: string): EvaluationSet | undefined {
  const [found, ...others] = text.matchAll(memoPattern);
  if (!found?.[1] || others.length > 0) return undefined;
  try {
    const bytes = brotliDecompressSync(Buffer.from(found[1], "base64"), { maxOutputLength: largestUnpacked });
    return readEvaluations(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // Whatever it is, an evaluation is made anew: there is nothing that a user could do about it.
    return undefined;
  }
}
