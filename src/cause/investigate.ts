import type { Cause } from "../verdict/verdict.js";
import { firstDifference } from "./conditions.js";
import type { Laboratory } from "./laboratory.js";
import { findMigrationCause, migrationsAlone } from "./migration-cause.js";
import { type Answer, answerOf, type Plans, type Question } from "./question.js";
import { firstLine, statementOf } from "./statement.js";

/** Finds out by experiment which part of a change made a query worse. */
export async function findCause(lab: Laboratory, question: Question): Promise<Cause> {
  return (await onlySuspect(lab, question)) ?? (await byExperiment(lab, question));
}

/** Where a change has but one part that can move a plan, that part did it: both sides were built the same way. */
async function onlySuspect({ migrations, conditions }: Laboratory, question: Question): Promise<Cause | undefined> {
  const parts = migrations.edits.length + conditions.length + (question.twin ? 1 : 0);
  if (parts !== 1) return undefined;
  const tried = "nothing else in this change can move a plan";
  const [edit] = migrations.edits;
  if (edit) return { kind: "migration", file: edit.file, line: edit.line, statement: statementOf(edit), tried };
  const [condition] = conditions;
  return condition ? { ...condition.cause, tried } : queryCause(question, tried);
}

async function byExperiment(lab: Laboratory, question: Question): Promise<Cause> {
  const { subject, twin } = question;
  const alone = new Map<string, Answer>();
  const answer = (plans: Plans | undefined, of = subject) => answerOf(question, plans, of);
  let asked = subject;
  if (twin) {
    const byText = answer(await lab.newQueriesOnBase());
    const withoutText = answer(await lab.oldQueriesOnHead(), twin);
    const cause = causeByText(question, byText, withoutText);
    if (cause) return cause;
    alone.set(`the query's new text (${subject.query.file}:${queryLine(question)})`, byText);
    // The old text shows it as well, so the new one is not to blame; and the old one can be planned from the start.
    if (withoutText === "shows") asked = twin;
  }
  for (const condition of lab.conditions) {
    const under = answer(await lab.under(condition), asked);
    if (under === "shows") {
      return { ...condition.cause, tried: "the base shows it as well, with nothing but this changed" };
    }
    const { statement, file, line } = condition.cause;
    // Two of one file may begin with the same words.
    alone.set(alone.has(statement) ? `${statement} (${file}:${line})` : statement, under);
  }
  // The old text shows it too: what the new one does alone says nothing about the rest.
  if (asked === twin) alone.delete([...alone.keys()][0] ?? "");
  const migration = await findMigrationCause(lab, question, asked);
  const migrations = await migrationsAlone(lab, question, asked);
  if (!migration) return nobodyAlone(lab, alone, migrations);
  const needsMigrations = asked === subject && twin !== undefined && [...alone.values()][0] === "unknown";
  const edit = lab.migrations.edits.find(({ file, line }) => file === migration.file && line === migration.line);
  if (needsMigrations && edit?.nature.isOnlyName) {
    const where = `\`${migration.statement}\` (${migration.file}:${migration.line})`;
    return queryCause(question, `it shows as soon as its new text can be planned, after ${where}`);
  }
  return migrations === "absent" ? together(migration, alone) : migration;
}

/** Whether the query's own change did it, from what its two texts do on the two databases. */
function causeByText(question: Question, newOnBase: Answer, oldOnHead: Answer): Cause | undefined {
  if (newOnBase === "shows") {
    return queryCause(
      question,
      oldOnHead === "absent"
        ? "its new text shows it on the base's database, and its old text does not on the new one"
        : "its new text shows it on the base's database as well",
    );
  }
  if (newOnBase === "unknown" && oldOnHead === "absent") {
    return queryCause(question, "with its old text it does not show, on the very same database");
  }
  return undefined;
}

/** The query itself did it: the line at which its text leaves the one before. */
export function queryCause({ subject, twin }: Pick<Question, "subject" | "twin">, tried: string): Cause {
  const { file, sqlLine, line, sql } = subject.query;
  if (!twin || twin.query.sql === sql) return { kind: "query", file, line, statement: "its values", tried };
  const statement = firstLine(sql.split("\n")[queryLine({ subject, twin }) - sqlLine] ?? "");
  return { kind: "query", file, line: queryLine({ subject, twin }), statement, tried };
}

/** 1-based line of the query's file at which its text leaves the base's. */
function queryLine({ subject: { query }, twin }: Pick<Question, "subject" | "twin">): number {
  return query.sqlLine + firstDifference(twin?.query.sql ?? "", query.sql) - 1;
}

/** The migrations alone are no worse: what else this change has took part in it. */
function together(migration: Cause, alone: ReadonlyMap<string, Answer>): Cause {
  if (alone.size === 0) return migration;
  const statement = `${migration.statement}, together with ${[...alone.keys()].join(" and ")}`;
  return { ...migration, kind: "interaction", statement };
}

/** Nothing did it alone: then all together did, or it could not be found out. */
function nobodyAlone(
  { migrations, conditions }: Laboratory,
  alone: ReadonlyMap<string, Answer>,
  byMigrations: Answer,
): Cause {
  const { edits } = migrations;
  const [first] = edits;
  const [condition] = conditions;
  const kinds = new Set(conditions.map(({ cause }) => cause.kind));
  if (condition && !first && kinds.size === 1 && alone.size === conditions.length) {
    const statement = conditions.map(({ cause }) => cause.statement).join(" and ");
    return { ...condition.cause, statement, tried: "none of them does it alone" };
  }
  const all = new Map(alone);
  if (first)
    all.set(edits.length === 1 ? statementOf(first) : `${edits.length} statements of migrations`, byMigrations);
  const names = [...all.keys()];
  if (names.length > 1 && [...all.values()].every((one) => one === "absent")) {
    return { kind: "interaction", statement: names.join(" and "), tried: "none of them does it alone" };
  }
  const tried =
    names.length === 0
      ? "nothing: no migration, setting, seed or query differs"
      : `each by itself: ${names.join("; ")}`;
  return { kind: "unknown", statement: "", tried };
}
