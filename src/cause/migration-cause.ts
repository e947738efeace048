import type { Subject } from "../explain/ask.js";
import type { Cause } from "../verdict/verdict.js";
import type { Edit } from "./edits.js";
import type { Laboratory } from "./laboratory.js";
import { type Answer, answerOf, type Plans, type Question } from "./question.js";
import type { Replay } from "./replay.js";
import { findArrival, lastArrival } from "./search.js";
import { statementOf } from "./statement.js";

/** A statement that seems to have done it, and how that came out. */
interface Proposal {
  readonly edit: Edit;
  /** Without this one the statement does nothing. */
  readonly partner?: Edit;
  readonly how: string;
  /** One build has it and shows the finding, another one is the same without it and does not. */
  readonly isProven?: boolean;
}

/** Looks for the statement of a change's migrations that made a query worse; undefined where none is found. */
export async function findMigrationCause(
  lab: Laboratory,
  question: Question,
  /** As the query is asked: with the base's text where the new text has nothing to do with it. */
  subject: Subject,
): Promise<Cause | undefined> {
  const answer = (plans: Plans | undefined) => answerOf(question, plans, subject);
  await using _ahead = confirmAhead(lab, question);
  const replayed = await lab.replayed();
  const proposal = replayed && (await byReplay(lab, replayed, answer));
  if (!proposal) return await byBuildsAlone(lab, question, answer);
  const { edit, partner, how } = proposal;
  // Without the only statement there are the base's migrations, whose plan is known.
  if (lab.migrations.edits.length === 1) return describe(edit, partner, how);
  const { proof, isRefuted } = await confirm(lab, edit, (plans) => answerOf(question, plans));
  // In a build the migrations run before there are rows, in a replay after: there another statement may do it.
  const built = isRefuted ? await byBuilds(lab, question, answer) : undefined;
  if (!built || built.edit === edit) return describe(edit, partner, `${how}${proof}`);
  const seemed = `replayed on the base it seemed to be ${edit.file}:${edit.line}, but a build without that shows it as well`;
  return describe(built.edit, built.partner, `${built.how}; ${seemed}`);
}

async function byBuildsAlone(
  lab: Laboratory,
  question: Question,
  answer: (plans: Plans | undefined) => Answer,
): Promise<Cause | undefined> {
  const built = await byBuilds(lab, question, answer);
  if (!built) return undefined;
  const { edit, how, isProven } = built;
  if (isProven) return describe(edit, undefined, how);
  const { proof, isRefuted } = await confirm(lab, edit, (plans) => answerOf(question, plans));
  return isRefuted ? undefined : describe(edit, undefined, `${how}${proof}`);
}

/**
 * Begins the build that will confirm the statement found by name, while the replay is still about to find it: the one
 * is work of another server process than the other.
 */
function confirmAhead(lab: Laboratory, { finding: { cause } }: Question): AsyncDisposable {
  const { edits } = lab.migrations;
  const named =
    lab.canReplay && edits.length > 1 && edits.find(({ file, line }) => file === cause?.file && line === cause.line);
  // How it ended is told to whoever asks for it; nobody may leave before it has.
  const ended =
    named &&
    buildWithout(lab, named).then(
      () => undefined,
      () => undefined,
    );
  return { [Symbol.asyncDispose]: async () => void (await ended) };
}

function buildWithout(lab: Laboratory, edit: Edit) {
  return lab.built(`without ${edit.file}:${edit.line}`, ({ index }) => index !== edit.index);
}

/** What all migrations of a change did on the base's database, without anything else of it. */
export async function migrationsAlone(lab: Laboratory, question: Question, subject: Subject): Promise<Answer> {
  const last = (await lab.replayed())?.steps.at(-1);
  const complete = last?.made.length === lab.migrations.edits.length;
  return complete ? answerOf(question, last?.plans, subject) : "unknown";
}

/** Two statements of one file are one migration; of two files, they only did it together. */
function describe(edit: Edit, partner: Edit | undefined, tried: string): Cause {
  const { file, line } = edit;
  const statement = statementOf(edit);
  if (!partner) return { kind: "migration", file, line, statement, tried };
  const other = `\`${statementOf(partner)}\` (${partner.file}:${partner.line})`;
  if (partner.file === file)
    return { kind: "migration", file, line, statement, tried: `${tried}; only together with ${other}` };
  return { kind: "interaction", file, line, statement: `${statement}, together with ${other}`, tried };
}

async function byReplay(
  lab: Laboratory,
  { steps, try: tryAll }: Replay,
  answer: (plans: Plans | undefined) => Answer,
): Promise<Proposal | undefined> {
  const at = lastArrival(steps.map(({ plans }) => answer(plans) === "shows"));
  const [before, to] = [steps[(at ?? 0) - 1], steps[at ?? 0]];
  if (at === undefined || !before || !to) return undefined;
  // It came with the statistics of something made earlier: any of the statements may have made it.
  const from = before.made.length < to.made.length ? before : { made: [] };
  let isCut = false;
  const tryEdits: Replay["try"] = async (made) => {
    const plans = await tryAll(made);
    isCut ||= answer(plans) === "unknown" && lab.isOver();
    return plans;
  };
  const shows = async (made: readonly Edit[]) => answer(await tryEdits(made)) === "shows";
  const count = await findArrival(from.made.length, to.made.length, (some) => shows(to.made.slice(0, some)));
  const edit = await takenAway(to.made.slice(0, count), tryEdits, answer);
  // What could not be tried for want of time did not come out either way.
  if (!edit || isCut) return undefined;
  const partner = await partnerOf(to.made.slice(0, count - 1), edit, tryEdits, answer);
  // What the one took away the other only put back in another form.
  if (partner && (await shows([partner]))) return { edit: partner, how: "replayed on the base" };
  return { edit, ...(partner && !isCut ? { partner } : {}), how: "replayed on the base" };
}

/**
 * The last of the statements, with which the finding came; or, where that only adds a column once more, the one that
 * dropped it: between the two the query could not be planned, and what was built on the column went with it.
 */
async function takenAway(
  made: readonly Edit[],
  tryEdits: Replay["try"],
  answer: (plans: Plans | undefined) => Answer,
): Promise<Edit | undefined> {
  const last = made.at(-1);
  if (!last?.nature.isOnlyName) return last;
  for (let count = made.length - 1; count > 0 && answer(await tryEdits(made.slice(0, count))) === "unknown"; count--) {
    const edit = made[count - 1];
    if (edit?.nature.dropsColumn) return edit;
  }
  return last;
}

/** The statement before it without which this one does nothing; one that cannot even be run alone needs no partner. */
async function partnerOf(
  earlier: readonly Edit[],
  edit: Edit,
  tryEdits: Replay["try"],
  answer: (plans: Plans | undefined) => Answer,
): Promise<Edit | undefined> {
  if (earlier.length === 0 || answer(await tryEdits([edit])) !== "absent") return undefined;
  const shows = async (count: number) => answer(await tryEdits([...earlier.slice(0, count), edit])) === "shows";
  return earlier[(await findArrival(0, earlier.length, shows)) - 1];
}

/** The history of the migrations, halved by fresh builds: the first statements of the change are made, the others not. */
async function byBuilds(
  lab: Laboratory,
  question: Question,
  answer: (plans: Plans | undefined) => Answer,
): Promise<Proposal | undefined> {
  const { edits } = lab.migrations;
  const [only] = edits;
  // Halving ends somewhere even where no build can show it.
  if (!only || answerOf(question, lab.headPlans) !== "shows") return undefined;
  if (edits.length === 1) {
    const trial = await buildWithout(lab, only);
    const gone = trial.kind === "plans" && answer(trial.plans) === "absent";
    return gone ? { edit: only, how: "gone in a build without it", isProven: true } : undefined;
  }
  let isCut = false;
  const answers: Answer[] = [];
  // Without any of them there is the base, whose plan is known.
  const absentAfter = new Set([0]);
  const count = await findHalving(edits.length, async (some) => {
    const trial = await lab.built(`with the first ${some} of ${edits.length} statements`, ({ index }) => index < some);
    const got = trial.kind === "plans" ? answer(trial.plans) : "unknown";
    isCut ||= trial.kind === "skipped" || (got === "unknown" && lab.isOver());
    answers.push(got);
    if (got === "absent") absentAfter.add(some);
    return got === "shows";
  });
  const edit = edits[count - 1];
  if (isCut || !edit) return undefined;
  const builds = answers.length === 1 ? "1 build" : `${answers.length} builds`;
  return { edit, how: `found by ${builds} with fewer of the statements`, isProven: absentAfter.has(count - 1) };
}

/** Each trial is a build: half of what is left each time, however few there are. */
async function findHalving(to: number, shows: (count: number) => Promise<boolean>): Promise<number> {
  let [absent, present] = [0, to];
  while (present - absent > 1) {
    const middle = Math.floor((absent + present) / 2);
    if (await shows(middle)) present = middle;
    else absent = middle;
  }
  return present;
}

/** What came of building the head once more without a statement. */
interface Confirmation {
  readonly proof: string;
  /** The finding is there without it as well. */
  readonly isRefuted?: true;
}

async function confirm(lab: Laboratory, edit: Edit, answer: (plans: Plans) => Answer): Promise<Confirmation> {
  const trial = await buildWithout(lab, edit);
  if (trial.kind === "skipped")
    return { proof: ", not confirmed: `investigate.budgetSeconds` left no time for a build without it" };
  if (trial.kind === "failed") return { proof: `, not confirmed, since a build without it fails: ${trial.message}` };
  switch (answer(trial.plans)) {
    case "absent":
      return { proof: ", and gone in a build without it" };
    case "shows":
      return { proof: ", but another statement of this change does it as well", isRefuted: true };
    case "unknown":
      return { proof: ", not confirmed, since PostgreSQL refuses the query in a build without it" };
  }
}
