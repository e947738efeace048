import { type BaseBuild, type BaseMeasuring, openBase, type Policy } from "./base.js";
import { findIdentity } from "./cause/identity.js";
import { type Problem, problemOf } from "./errors.js";
import type { Subject } from "./explain/ask.js";
import type { Build, Measurement, RunRequest } from "./measure.js";
import type { Identity } from "./plan/identity.js";
import type { EnvironmentChange } from "./proposals/environment.js";
import { lookAtBase } from "./verdict/base-look.js";
import { type BaseLook, raisesQuestion } from "./verdict/decide.js";
import type { Judgement, Matter } from "./verdict/judge.js";
import type { Verdict } from "./verdict/verdict.js";

/** What the base's plans of now are needed for. */
export interface Asked {
  readonly policy: Policy;
  readonly changes: readonly EnvironmentChange[];
  /** The tested tree's. It is closed first where the base cannot be built beside it. */
  readonly head: Build;
  readonly matter: Matter;
  /** By the stored baselines, in the order of the subjects. */
  readonly stored: readonly Judgement[];
  readonly request: RunRequest;
}

/** What they say. */
export interface Looked {
  readonly look: (subject: Subject) => BaseLook;
  /** Still there, for what is tried afterwards; absent where the base was not built. */
  readonly base?: BaseBuild;
  /** What the tested tree's migrations rename, where the base was built. */
  readonly identity?: Identity;
  readonly notes: readonly string[];
  readonly timings: Verdict["timings"];
}

/** Plans the base in this run, where the stored baselines do not tell enough. Whoever asks disposes of the build. */
export async function lookWhereAsked(asked: Asked): Promise<Looked> {
  const { policy, changes, head, matter, request } = asked;
  const queries = queriesInQuestion(asked);
  if (!policy.base || queries.size === 0) return { look: () => ({ kind: "not asked" }), notes: [], timings: {} };
  const { commit } = policy.base;
  const underHead = changes.some(({ replans }) => replans);
  const notes: string[] = [];
  if (head.needsServerAlone) await head[Symbol.asyncDispose]();
  for (const conditions of underHead ? (["head", "base"] as const) : (["base"] as const)) {
    try {
      const { base, identity } = await openIdentified(asked, { commit, queries, conditions });
      const before = base.measurement;
      const look = lookAtBase({ ...matter, identity }, before);
      const timings = Object.fromEntries(
        Object.entries(before.timings).map(([phase, seconds]) => [`${phase} (base)`, seconds]),
      );
      const decides = (subject: Subject): BaseLook =>
        queries.has(subject.query.name) ? look(subject) : { kind: "not asked" };
      return { look: decides, base, identity, notes: [...notes, ...basedOn(head.measurement, before)], timings };
    } catch (error) {
      request.signal.throwIfAborted();
      notes.push(notPlanned(problemOf(error), conditions, underHead));
    }
  }
  return { look: () => ({ kind: "unknown" }), notes, timings: {} };
}

/**
 * The base, and what was renamed since. Not in the loop above: what the bundler makes of `await using` in a loop throws
 * an earlier round's error again.
 */
async function openIdentified({ head: { migrations }, request }: Asked, measuring: BaseMeasuring) {
  await using opened = new AsyncDisposableStack();
  const base = opened.use(await openBase(request, measuring));
  const identity = await findIdentity(base, migrations, request.signal);
  opened.move();
  return { base, identity };
}

function queriesInQuestion({ policy, changes, head, stored }: Asked): ReadonlySet<string> {
  const known = new Set(policy.base?.sides.base.queries.queries.map(({ name }) => name));
  const all = changes.some(({ replans }) => replans);
  const inQuestion = head.measurement.subjects.filter(
    ({ query }, index) => known.has(query.name) && (all || raisesQuestion(stored[index] ?? {})),
  );
  return new Set(inQuestion.map(({ query }) => query.name));
}

/** Two servers of one run may still differ, where the machine's own Postgres is another one by now. */
function basedOn({ environment }: Measurement, before: Measurement): readonly string[] {
  return environment.major === before.environment.major
    ? []
    : [`the base was planned on PostgreSQL ${before.environment.major}: it cannot be compared`];
}

function notPlanned({ message, place }: Problem, conditions: "base" | "head", underHead: boolean): string {
  const where = place ? `${place.file}${place.line === undefined ? "" : `:${place.line}`}: ` : "";
  if (conditions === "head") {
    return `the base cannot be planned under the new environment, so its own is taken: ${where}${message}`;
  }
  const also = underHead ? " under its own either" : "";
  return `the base cannot be planned${also}, so the stored baselines alone decide: ${where}${message}`;
}
