import type { BaseBuild } from "../base.js";
import type { Subject } from "../explain/ask.js";
import type { Build, RunRequest } from "../measure.js";
import { type Condition, findConditions } from "./conditions.js";
import { compareMigrations, type Edit, type MigrationChange } from "./edits.js";
import { askedFor, needsMeasuring, type Plans, type Question } from "./question.js";
import { type Replay, replay } from "./replay.js";
import type { Trial, Trials } from "./trial.js";

/** Both sides of a change, and everything that can be tried on them. Each experiment is made once, for all questions. */
export interface Laboratory {
  readonly migrations: MigrationChange;
  readonly conditions: readonly Condition[];
  /** The tested tree's own plans. */
  readonly headPlans: Plans;
  /** Whether the time has run out. */
  isOver(): boolean;
  /** Whether the change's migrations can be run on the base's database: they only add to its own, and stay in it. */
  readonly canReplay: boolean;
  /** The change's migrations on the base's database; undefined where that cannot or must not be tried. */
  replayed(): Promise<Replay | undefined>;
  /** The base's queries, where they are others, on the head's database. */
  oldQueriesOnHead(): Promise<Plans>;
  /** The head's queries on the base's database. */
  newQueriesOnBase(): Promise<Plans>;
  /** The base with one condition of the head's. */
  under(condition: Condition): Promise<Plans | undefined>;
  /** A fresh build of the head with some of its edits. */
  built(name: string, isMade: (edit: Edit) => boolean): Promise<Trial>;
}

/** What a laboratory is made of. */
export interface Sides {
  readonly head: Build;
  readonly base: BaseBuild;
  readonly request: RunRequest;
  readonly questions: readonly Question[];
  readonly trials: Trials;
}

/** Reads how the two sides differ; nothing is tried yet. */
export async function openLaboratory({ head, base, request, questions, trials }: Sides): Promise<Laboratory> {
  const migrations = await compareMigrations(base.migrations, head.migrations);
  const subjects = [...new Set(questions.flatMap((one) => askedFor(one, one.subject, one.twin)))];
  const measured = new Set(
    questions
      .filter((one) => needsMeasuring(one, head.measurement.planned))
      .flatMap((one) => askedFor(one, one.subject, one.twin)),
  );
  const { secondsLeft } = trials;
  const plan = async (build: Build, some: readonly Subject[]): Promise<Plans> => {
    const plain = await build.explain(
      some.filter((one) => !measured.has(one)),
      { analyze: false, secondsLeft },
    );
    return new Map([
      ...plain,
      ...(await build.explain(
        some.filter((one) => measured.has(one)),
        { secondsLeft },
      )),
    ]);
  };
  const canReplay = migrations.onlyAdds && !migrations.edits.some(({ nature }) => nature.kind === "cluster");
  const beside = head.roomBeside ? { onServer: head.roomBeside } : {};
  const once = memory();
  const underCondition = new Map<Condition, Promise<Plans | undefined>>();
  return {
    migrations,
    canReplay,
    isOver: trials.isOver,
    headPlans: head.measurement.planned,
    conditions: await findConditions(
      { head, base, request, trials },
      migrations.edits.length > 0 || questions.some(({ twin }) => twin),
    ),
    replayed: () =>
      once("replay", async () =>
        canReplay
          ? replay({ base, watched: { subjects, measured }, signal: request.signal, trials }, migrations)
          : undefined,
      ),
    oldQueriesOnHead: () =>
      once("old", () =>
        plan(
          head,
          questions.flatMap((one) => askedFor(one, one.twin)),
        ),
      ),
    newQueriesOnBase: () =>
      once("new", () => plan(base, [...new Set(questions.flatMap((one) => askedFor(one, one.subject)))])),
    under(condition) {
      const result = underCondition.get(condition) ?? condition.tryOnBase(subjects);
      underCondition.set(condition, result);
      return result;
    },
    built: (name, isMade) =>
      once(`built ${name}`, () =>
        trials.build({ ...request, ...beside, migrationsAs: () => migrations.compose(isMade) }, subjects, name),
      ),
  };
}

/** Runs each named experiment once. */
function memory() {
  const known = new Map<string, Promise<unknown>>();
  return <T>(name: string, run: () => Promise<T>): Promise<T> => {
    const result = (known.get(name) ?? run()) as Promise<T>;
    known.set(name, result);
    return result;
  };
}
