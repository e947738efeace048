import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import { PlanGateError } from "../errors.js";
import { ApprovalRecord } from "./record.js";

export type { ApprovalRecord };

/** A record as what a check run shows and keeps. */
export interface RecordText {
  readonly title: string;
  readonly summary: string;
  readonly text: string;
}

/** Of a check run's text, 65,535 characters. */
const longestText = 65_000;
/** Bytes of JSON: ten thousand files with long paths are fewer. */
const largestRecord = 16_000_000;
/** Files that are listed for people. */
const mostListed = 100;

const opening = "<!-- plan-gate approval 1: ";
/** At the beginning only: nothing that is listed behind it can pass for a record. */
const recordPattern = /^<!-- plan-gate approval 1: ([A-Za-z0-9+/]+={0,2}) -->(?:\r?\n|$)/;

/** The record for the check run `plan-gate approval`. Throws PlanGateError where it accepts more files than that can hold. */
export function writeRecord(record: ApprovalRecord): RecordText {
  const { files, approver, reason } = record;
  const checked = ApprovalRecord.safeParse(record);
  if (!checked.success && !checked.error.issues.every(({ path }) => path[0] === "files")) throw checked.error;
  const memo = `${opening}${brotliCompressSync(JSON.stringify(record)).toString("base64")} -->`;
  if (!checked.success || memo.length > longestText) {
    throw new PlanGateError("write-refused", `an approval of ${files.length} files is more than a check run can keep`, {
      hint: "Split the pull request, so that fewer files have to be approved at once, or shorten their paths.",
    });
  }
  const listed = `${memo}\n\n${fileList(record)}`;
  const versions = files.length === 1 ? "1 file" : `${files.length} files`;
  return {
    title: `Approved by ${plain(approver)}`,
    summary: `Accepts ${versions} in just this version (${plain(reason)}). Taking the label off revokes it.`,
    text: listed.length > longestText ? memo : listed,
  };
}

/** The record in a check run's text. Undefined where there is none or anything is wrong with it: it then approves nothing. */
export function readRecord(text: string): ApprovalRecord | undefined {
  const packed = recordPattern.exec(text)?.[1];
  if (packed === undefined || packed.length > longestText) return undefined;
  try {
    const bytes = brotliDecompressSync(Buffer.from(packed, "base64"), { maxOutputLength: largestRecord });
    const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return ApprovalRecord.safeParse(json).data;
  } catch {
    // Whatever it is, it is no record of ours: there is nothing that a user could do about it.
    return undefined;
  }
}

/** Every line of a file begins with a quote and is plain ASCII: none can end the block, and nothing in it is markup. */
function fileList({ files }: ApprovalRecord): string {
  const lines = files
    .slice(0, mostListed)
    .map(({ path, blob }) => `${ascii(path)} ${blob === null ? "deleted" : blob.slice(0, 12)}`);
  const more = files.length > lines.length ? [`and ${files.length - lines.length} more`] : [];
  return ["```text", ...lines, ...more, "```"].join("\n");
}

/** As a JSON string; what is not ASCII, angle brackets and backquotes are written as escapes. */
function ascii(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -;=?-_a-~]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Names of people, teams and roles: what is in none of them is left out. */
function plain(text: string): string {
  return text.replace(/[^\w ,./-]/g, "");
}
