import { stripVTControlCharacters } from "node:util";
import { GitHubError } from "./github.js";

/** One try that failed, and what may be done about it. */
export interface Failure {
  readonly error: GitHubError;
  readonly kind: /** Nothing was done: it may be sent again after a while. */
    | "refused"
    /** It may have been done, or not. */
    | "unclear"
    /** Another try would say the same. */
    | "final";
  /** What GitHub asks to wait, in milliseconds; undefined where it does not say. */
  readonly waitMs: number | undefined;
}

/** The part of an answer that tells what went wrong. */
export interface BadAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

const longestMessage = 300;
/** GitHub's advice where a secondary limit comes without a time. */
const secondaryWaitMs = 60_000;

/** What GitHub answered, with a status that is no success. `what`: method and path. */
export function answerFailure(what: string, { status, headers, data }: BadAnswer): Failure {
  const said = messageOf(data);
  const error = new GitHubError(
    plain(`GitHub answered ${status} to ${what}${said === "" ? "" : `: ${said}`}`),
    status,
    status === 403 ? missingPermission(headers["x-accepted-github-permissions"]) : undefined,
  );
  if (status === 429 || (status === 403 && isLimit(headers, said))) {
    return { error, kind: "refused", waitMs: waitAsked(headers, said) };
  }
  return { error, kind: status >= 500 || status === 408 ? "unclear" : "final", waitMs: undefined };
}

/** No answer came, or only a part of it. */
export function silence(what: string, reason: string): Failure {
  return { error: new GitHubError(plain(`${what}: ${reason}`), 0), kind: "unclear", waitMs: undefined };
}

/** Statuses for the errors that GraphQL answers with 200. */
const graphqlStatus: Readonly<Record<string, number>> = {
  FORBIDDEN: 403,
  INSUFFICIENT_SCOPES: 403,
  NOT_FOUND: 404,
  STALE_DATA: 409,
  RATE_LIMITED: 429,
};

/** The first error of a GraphQL answer; undefined where there is none. */
export function graphqlFailure({ headers, data }: BadAnswer): Failure | undefined {
  const [first] = listOf(data, "errors");
  if (first === undefined) return undefined;
  const type = textOf(first, "type");
  const message = textOf(first, "message");
  const broken = /something went wrong while executing your query/i.test(message);
  const status = broken ? 502 : (graphqlStatus[type] ?? 422);
  return answerFailure("POST /graphql", { status, headers, data: { message } });
}

/** Whether what was sent may have been done all the same. */
export function isUnclear(error: unknown): error is GitHubError {
  return error instanceof GitHubError && (error.status === 0 || error.status === 408 || error.status >= 500);
}

/** One visible line: a message may quote what strangers wrote. */
export function plain(text: string): string {
  const line = stripVTControlCharacters(text)
    .replace(/[\s\p{Z}\p{Cc}]+/gu, " ")
    .replace(/[\p{Cf}\p{Co}\p{Cs}]/gu, "")
    .trim();
  return line.length <= longestMessage ? line : `${line.slice(0, longestMessage - 1).toWellFormed()}…`;
}

function messageOf(data: unknown): string {
  if (typeof data === "string") return /^\s*</.test(data) ? "a page of HTML" : data;
  const details = listOf(data, "errors").map((each) =>
    typeof each === "string" ? each : textOf(each, "message") || textOf(each, "code"),
  );
  return [textOf(data, "message"), details.filter((each) => each !== "").join(", ")]
    .filter((part) => part !== "")
    .join(": ");
}

function isLimit(headers: BadAnswer["headers"], said: string): boolean {
  return headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0" || isSecondary(said);
}

function isSecondary(said: string): boolean {
  return /secondary rate limit|abuse detection/i.test(said);
}

/** By the server's own clock: ours may be wrong. */
function waitAsked(headers: BadAnswer["headers"], said: string): number | undefined {
  const seconds = numberOf(headers["retry-after"]);
  if (seconds !== undefined) return seconds * 1_000;
  const reset = numberOf(headers["x-ratelimit-reset"]);
  const now = Date.parse(String(headers["date"]));
  if (headers["x-ratelimit-remaining"] === "0" && reset !== undefined && !Number.isNaN(now)) {
    return Math.max(0, reset * 1_000 - now) + 1_000;
  }
  return isSecondary(said) ? secondaryWaitMs : undefined;
}

/** GitHub lists alternatives, with `;` between: the one that the documented workflow asks for, else the first. */
function missingPermission(header: unknown): string | undefined {
  if (typeof header !== "string") return undefined;
  const alternatives = header.split(";").map((each) => plain(each));
  return (alternatives.find((each) => each.startsWith("pull_requests=")) ?? alternatives[0]) || undefined;
}

function numberOf(header: unknown): number | undefined {
  const number = Number(header);
  return header === undefined || header === "" || Number.isNaN(number) ? undefined : number;
}

function listOf(data: unknown, key: string): readonly unknown[] {
  const value = fieldOf(data, key);
  return Array.isArray(value) ? value : [];
}

function textOf(data: unknown, key: string): string {
  const value = fieldOf(data, key);
  return typeof value === "string" ? value : "";
}

function fieldOf(data: unknown, key: string): unknown {
  return typeof data === "object" && data !== null ? Reflect.get(data, key) : undefined;
}
