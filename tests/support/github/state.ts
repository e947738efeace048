import type { Actor, Clock, FakeGitHubOptions, State, TokenState } from "./types.js";

/** The App that every workflow's own token belongs to. */
export const actionsApp = "github-actions";
export const actionsBot: Actor = { login: "github-actions[bot]", type: "Bot", app: actionsApp };

/** A repository without anything in it. */
export function createState(options: FakeGitHubOptions): State {
  const [owner = "", name = ""] = (options.repository ?? "acme/shop").split("/");
  return {
    settings: {
      owner,
      name,
      defaultBranch: options.defaultBranch ?? "main",
      private: options.private ?? false,
      fork: false,
      protectedBranches: new Set(),
      actionsMayOpenPulls: true,
    },
    users: new Map([
      [owner, { login: owner, type: "Organization" }],
      [actionsBot.login, actionsBot],
    ]),
    collaborators: new Map(),
    teams: new Map(),
    pulls: new Map(),
    issues: new Map(),
    labels: new Map(),
    comments: [],
    timeline: [],
    checkRuns: [],
    statuses: [],
    runs: new Map(),
    artifacts: new Map(),
  };
}

/** A clock that only moves when it is used, or told to. */
export function createClock(startsAt: string = new Date().toISOString()): Clock {
  let seconds = Math.floor(Date.parse(startsAt) / 1_000);
  const now = () => new Date(seconds * 1_000).toISOString().replace(".000", "");
  return {
    now,
    stamp() {
      seconds += 1;
      return now();
    },
    advance(by) {
      seconds += by;
    },
  };
}

/** Numbers for whatever needs one. */
export interface Counters {
  /** Of issues and pull requests together. */
  issue(): number;
  id(): number;
}

export function createCounters(): Counters {
  let issues = 0;
  let ids = 1_000;
  return { issue: () => ++issues, id: () => ++ids };
}

/** The tokens there are, and whom they belong to. */
export interface Tokens {
  create(token: TokenState): string;
  find(token: string): TokenState | undefined;
  change(token: string, permissions: TokenState["permissions"]): void;
}

export function createTokens(users: Map<string, Actor>): Tokens {
  const tokens = new Map<string, TokenState>();
  return {
    create(token) {
      const text = `ghs_fake${String(tokens.size + 1).padStart(28, "0")}`;
      tokens.set(text, token);
      if (!users.has(token.actor.login)) users.set(token.actor.login, token.actor);
      return text;
    },
    find: (token) => tokens.get(token),
    change(token, permissions) {
      const found = tokens.get(token);
      if (found === undefined) throw new Error("no such token");
      tokens.set(token, { ...found, permissions });
    },
  };
}
