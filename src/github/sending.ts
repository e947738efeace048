import { setTimeout as sleep } from "node:timers/promises";
import { type Budget, openBudget } from "./budget.js";
import { answerFailure, type BadAnswer, type Failure, graphqlFailure, isUnclear, silence } from "./failure.js";
import { GitHubError } from "./github.js";

/** How long GitHub is waited for, in milliseconds. */
export interface Limits {
  /** One try, its whole answer included. */
  readonly requestMs: number;
  /** All requests of a run and the pauses between tries, together. */
  readonly totalMs: number;
  /** Before the second try, before the third, and so on: one try more than pauses. */
  readonly pausesMs: readonly number[];
}

export const usualLimits: Limits = { requestMs: 10_000, totalMs: 60_000, pausesMs: [500, 2_000] };

/** What the requests of one run share. */
export interface Sending {
  readonly limits: Limits;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  /** Tries so far. */
  readonly count: { sent: number };
}

export function openSending(options: {
  readonly limits: Limits;
  readonly clock: () => number;
  readonly signal: AbortSignal;
}): Sending {
  const { limits, clock, signal } = options;
  return { limits, budget: openBudget(limits.totalMs, clock), signal, count: { sent: 0 } };
}

/** One request, ready for any number of tries. */
export interface Sendable<T> {
  /** Method and path, for messages. */
  readonly what: string;
  /** False where a second try might do it twice. */
  readonly repeatable: boolean;
  /** One try. Throws octokit's errors; the signal also ends reading the answer. */
  readonly once: (signal: AbortSignal) => Promise<T>;
}

/** Sends it until it is answered, tries run out, or the run's time for GitHub is over. Throws GitHubError. */
export async function send<T extends BadAnswer>(sending: Sending, request: Sendable<T>): Promise<T> {
  const { limits } = sending;
  for (let tries = 1; ; tries += 1) {
    const outcome = await sending.budget.spend(() => tryOnce(sending, request));
    if (!("error" in outcome)) return outcome;
    const { error, kind, waitMs } = outcome;
    const mayRepeat = kind === "refused" || (kind === "unclear" && request.repeatable);
    const pauseMs = waitMs ?? limits.pausesMs[tries - 1];
    if (!mayRepeat || tries > limits.pausesMs.length || pauseMs === undefined) throw error;
    await pause(sending, pauseMs, error);
  }
}

/**
 * Sends what must not be done twice. Where no clear answer came, it looks whether it was done, and sends it again only
 * if not. `arrived` gives what was done.
 */
export async function sendOnce<T>(
  sending: Sending,
  request: { readonly send: () => Promise<T>; readonly arrived: () => Promise<T | undefined> },
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await request.send();
    } catch (error) {
      if (!isUnclear(error)) throw error;
      const pauseMs = sending.limits.pausesMs[tries - 1];
      await pause(sending, pauseMs ?? 0, error);
      const done = await request.arrived();
      if (done !== undefined) return done;
      if (pauseMs === undefined) throw error;
    }
  }
}

async function pause({ budget, signal }: Sending, ms: number, error: GitHubError): Promise<void> {
  if (ms >= budget.leftMs()) {
    const left = Math.max(0, Math.round(budget.leftMs() / 1_000));
    const asked = `the next try would have to wait ${Math.ceil(ms / 1_000)} s, and ${left} s are left for this run`;
    throw new GitHubError(`${error.message} (${asked})`, error.status, error.missing);
  }
  await budget.spend(() => sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted()));
}

async function tryOnce<T extends BadAnswer>(sending: Sending, request: Sendable<T>): Promise<T | Failure> {
  const { signal, limits, budget, count } = sending;
  signal.throwIfAborted();
  const ms = Math.min(limits.requestMs, budget.leftMs());
  if (ms <= 0) throw new GitHubError(`${request.what} was not sent: ${overspent(limits)}`, 0);
  count.sent += 1;
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), ms);
  const noAnswer = () => silence(request.what, `GitHub did not answer within ${Math.round(ms / 100) / 10} s`);
  try {
    const answer = await request.once(AbortSignal.any([signal, timer.signal]));
    signal.throwIfAborted();
    // octokit hands over an empty text where reading the answer was ended, and half of one where it ended by itself.
    if (timer.signal.aborted) return noAnswer();
    return isCut(answer) ? silence(request.what, "GitHub's answer was cut off") : (graphqlFailure(answer) ?? answer);
  } catch (error) {
    signal.throwIfAborted();
    return timer.signal.aborted ? noAnswer() : failureOf(request.what, error);
  } finally {
    clearTimeout(timeout);
  }
}

function overspent({ totalMs }: Limits): string {
  return `this run has waited ${Math.round(totalMs / 1_000)} s for GitHub, which is all it may`;
}

function isCut({ headers, data, status }: BadAnswer): boolean {
  return status !== 204 && typeof data === "string" && String(headers["content-type"]).startsWith("application/json");
}

/** Octokit's error for an answer carries it; its error for no answer carries none. Anything else is a bug. */
function failureOf(what: string, error: unknown): Failure {
  if (error instanceof GitHubError) return { error, kind: "final", waitMs: undefined };
  if (!(error instanceof Error) || !("status" in error)) throw error;
  const response: unknown = Reflect.get(error, "response");
  return isAnswer(response)
    ? answerFailure(what, response)
    : silence(what, `GitHub cannot be reached: ${error.message}`);
}

function isAnswer(response: unknown): response is BadAnswer {
  return typeof response === "object" && response !== null && "status" in response && "headers" in response;
}
