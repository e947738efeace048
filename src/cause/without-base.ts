import type { Subject } from "../explain/ask.js";
import { changedInWorkTree } from "../files/git.js";
import { commitTree } from "../files/tree.js";
import type { Build, RunRequest } from "../measure.js";
import { findQueries } from "../queries/find.js";
import type { Cause } from "../verdict/verdict.js";
import { compareMigrations, type Edit, type MigrationChange } from "./edits.js";
import { queryCause } from "./investigate.js";
import { answerOf, askedFor, type Plans, type Question } from "./question.js";
import { statementOf } from "./statement.js";
import type { Trial, Trials } from "./trial.js";

/** The tested tree alone: its newest statements are the suspects, and each is left out in a build of its own. */
export interface Folder {
  ask(question: Question): Promise<Cause>;
}

interface FolderRequest {
  readonly head: Build;
  readonly request: RunRequest;
  readonly trials: Trials;
  readonly questions: readonly Question[];
}

/** So many single statements are left out, one after the other, for one finding. */
const maxSingles = 4;

/** Reads what is new in the folder: by git what is not committed, else the last file of the migrations. */
export async function openFolder({ head, request, trials, questions }: FolderRequest): Promise<Folder> {
  const change = await compareMigrations([], head.migrations);
  const { root, settings } = request.loaded;
  const changed = new Set(await changedInWorkTree(root).catch(() => []));
  const uncommitted = change.edits.filter(({ file }) => changed.has(file));
  const last = change.edits.at(-1)?.file;
  const suspects = uncommitted.length > 0 ? uncommitted : change.edits.filter(({ file }) => file === last);
  const committed =
    changed.size > 0
      ? (await findQueries(await commitTree(root, "HEAD"), settings.queries).catch(() => undefined))?.queries
      : [];
  const beside = head.roomBeside ? { onServer: head.roomBeside } : {};
  const known = new Map<string, Promise<Trial>>();
  const subjects = [...new Set(questions.flatMap((one) => askedFor(one, one.subject)))];
  const bench: Bench = {
    change,
    suspects,
    async without(left) {
      const key = left.map(({ index }) => index).join(" ");
      const result =
        known.get(key) ??
        trials.build(
          { ...request, ...beside, migrationsAs: () => change.compose((edit) => !left.includes(edit)) },
          subjects,
          left.length === 1 ? `without ${left[0]?.file}:${left[0]?.line}` : `without ${left.length} statements`,
        );
      known.set(key, result);
      return result;
    },
    async byOldText({ subject, customOf }) {
      const query = committed?.find(({ name }) => name === subject.query.name);
      if (!query || query.sql === subject.query.sql) return undefined;
      const twin: Subject = { ...subject, query };
      const custom: Subject | undefined = customOf?.(subject) && { ...twin, kind: "custom" };
      const plans = await head.explain(custom ? [twin, custom] : [twin], { secondsLeft: trials.secondsLeft });
      return { twin, custom, plans };
    },
  };
  return { ask: (question) => askFolder(bench, question) };
}

/** A query with its committed text on the tested database, and with the plan for its values where that counts. */
interface OldText {
  readonly twin: Subject;
  readonly custom: Subject | undefined;
  readonly plans: Plans;
}

interface Bench {
  readonly change: MigrationChange;
  readonly suspects: readonly Edit[];
  without(left: readonly Edit[]): Promise<Trial>;
  byOldText(question: Question): Promise<OldText | undefined>;
}

async function askFolder(bench: Bench, question: Question): Promise<Cause> {
  const old = await bench.byOldText(question);
  if (old && answerOf({ ...question, customOf: () => old.custom }, old.plans, old.twin) === "absent") {
    return queryCause(
      { ...question, twin: old.twin },
      "with its committed text it does not show, on the very same database",
    );
  }
  const suspects = rank(bench, question);
  const [first] = suspects;
  if (!first) return { kind: "unknown", statement: "", tried: "nothing: no statement of a migration is new" };
  const isGone = (trial: Trial) => trial.kind === "plans" && answerOf(question, trial.plans) === "absent";
  let builds = 0;
  for (const edit of suspects.slice(0, maxSingles)) {
    builds++;
    const trial = await bench.without([edit]);
    if (trial.kind === "skipped") return outOfTime(builds - 1);
    if (isGone(trial)) return causeOf(edit, "gone in a build without it");
    if (builds > 1 || suspects.length === 1) continue;
    // Before more are tried one by one: whether any of them has to do with it.
    const all = await bench.without(suspects);
    if (all.kind === "skipped") return outOfTime(builds);
    if (all.kind === "plans" && !isGone(all)) return nobodyOf(suspects);
  }
  const one = builds === 1 ? "a build" : `${builds} builds, each`;
  return { kind: "unknown", statement: "", tried: `${one} without one of the newest statements: none mended it` };
}

function nobodyOf(suspects: readonly Edit[]): Cause {
  const files = [...new Set(suspects.map(({ file }) => file))].join(", ");
  return { kind: "unknown", statement: "", tried: `a build without ${files}: it did not mend it` };
}

function outOfTime(builds: number): Cause {
  const tried = `${builds === 0 ? "nothing" : `${builds} builds without a statement`}: the time of \`investigate.budgetSeconds\` had run out`;
  return { kind: "unknown", statement: "", tried };
}

function causeOf(edit: Edit, tried: string): Cause {
  return { kind: "migration", file: edit.file, line: edit.line, statement: statementOf(edit), tried };
}

/** First what was found by name, then what names an index or a relation of the finding, the newest first. */
function rank({ change, suspects }: Bench, { finding, subject }: Question): readonly Edit[] {
  const named = change.edits.find(({ file, line }) => file === finding.cause?.file && line === finding.cause.line);
  const evidence = JSON.stringify([finding.before, finding.after]);
  const indexes = wordsOf([...evidence.matchAll(/"index":"([^"]*)"/g)].map(([, name]) => name).join(" "));
  const words = wordsOf(`${subject.query.sql} ${finding.relation ?? ""} ${evidence}`);
  const names = ({ nature }: Edit, some: ReadonlySet<string>) => [...nature.names].some((name) => some.has(name));
  const weight = (edit: Edit) => (names(edit, indexes) ? 2 : names(edit, words) ? 1 : 0);
  const ranked = [...suspects].sort((a, b) => weight(b) - weight(a) || b.index - a.index);
  return named ? [named, ...ranked.filter((edit) => edit !== named)] : ranked;
}

function wordsOf(text: string): ReadonlySet<string> {
  const words = (text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []).map((word) => word.toLowerCase());
  return new Set(words.filter((word) => word.length > 2));
}
