import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BaseBuild } from "../base.js";
import type { LoadedSettings } from "../config/load.js";
import type { Settings } from "../config/settings.js";
import { connect } from "../database/connect.js";
import { quoteName, quoteText } from "../database/databases.js";
import type { Subject } from "../explain/ask.js";
import { readSession, type SessionFile } from "../explain/session.js";
import { workTree } from "../files/tree.js";
import type { RunRequest } from "../measure.js";
import type { Cause } from "../verdict/verdict.js";
import type { Sides } from "./laboratory.js";
import type { Plans } from "./question.js";
import { changedCommand, changedInitScripts } from "./script-conditions.js";
import type { Trials } from "./trial.js";

/** Something that a change does to the circumstances under which plans are made. */
export interface Condition {
  readonly cause: Omit<Cause, "tried">;
  /** The base's plans with nothing but this changed; undefined where that cannot be tried. */
  tryOnBase(subjects: readonly Subject[]): Promise<Plans | undefined>;
}

/** What differs between the two sides besides queries and migrations, as far as the base was built under its own. */
export async function findConditions(
  { head: build, base, request: { loaded: head }, trials }: Omit<Sides, "questions">,
  hasOtherParts: boolean,
): Promise<readonly Condition[]> {
  const { loaded, conditionsIn } = base.request;
  // Built under the head's conditions: nothing of them can be seen in a comparison with it.
  if (conditionsIn !== undefined) return [];
  const text = await readFile(join(head.root, head.file), "utf8").catch(() => "");
  const place = (word: string) => ({ file: head.file, line: lineOf(text, word) });
  const found = [
    ...changedSettings(loaded.settings, head.settings).map(
      (change): Condition => ({
        cause: {
          kind: "settings",
          ...place(change.name),
          statement: `${change.name} ${change.before ?? "default"} → ${change.after ?? "default"}`,
        },
        tryOnBase: (subjects) => underSetting(base, change, subjects, trials),
      }),
    ),
    ...(await changedSession(head, base, trials, place)),
    ...(await changedInitScripts(build, base, trials)),
    ...(await changedSeed(head, base, trials, place)),
  ];
  return [...found, ...changedCommand(head, base, trials, place, !hasOtherParts && found.length === 0)];
}

interface ChangedSetting {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

function changedSettings(base: Settings, head: Settings): readonly ChangedSetting[] {
  const [before, after] = [base.postgres.settings, head.postgres.settings];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .map((name) => ({ name, before: before[name], after: after[name] }))
    .filter((one) => one.before !== one.after);
}

/** A copy of the base's database gets the setting; what only a server's start can set is refused there. */
async function underSetting(
  base: BaseBuild,
  { name, after }: ChangedSetting,
  subjects: readonly Subject[],
  { secondsLeft }: Trials,
): Promise<Plans | undefined> {
  await using copy = await base.databases.clone();
  {
    await using superuser = await connect(copy.url);
    const value =
      after ?? (await superuser.query("SELECT boot_val AS v FROM pg_settings WHERE name = $1", [name])).rows[0]?.v;
    const set = `ALTER DATABASE ${quoteName(copy.name)} SET ${quoteName(name)} = ${quoteText(String(value))}`;
    const refused = await superuser.query(set).then(
      () => false,
      () => true,
    );
    if (refused) return undefined;
  }
  return await base.explain(subjects, { on: copy, secondsLeft });
}

type PlaceOf = (word: string) => { readonly file: string; readonly line: number };

async function changedSession(
  head: LoadedSettings,
  base: BaseBuild,
  trials: Trials,
  place: PlaceOf,
): Promise<readonly Condition[]> {
  const before = base.request.loaded;
  const [then, now] = [await sessionOf(before), await sessionOf(head)];
  const [roleThen, roleNow] = [before.settings.explain.role, head.settings.explain.role];
  if (then?.sql === now?.sql && roleThen === roleNow) return [];
  const as = { session: now, role: roleNow };
  const where =
    now && then?.sql !== now.sql
      ? { file: now.file, line: firstDifference(then?.sql ?? "", now.sql) }
      : place("explain");
  const statement =
    then?.sql === now?.sql ? `\`explain.role\` ${roleThen ?? "unset"} → ${roleNow ?? "unset"}` : "`explain.session`";
  return [
    {
      cause: { kind: "session", ...where, statement },
      tryOnBase: (subjects) => base.explain(subjects, { as, secondsLeft: trials.secondsLeft }),
    },
  ];
}

async function sessionOf({ settings, root }: LoadedSettings): Promise<SessionFile | undefined> {
  const { session } = settings.explain;
  return session === undefined ? undefined : readSession(workTree(root), session);
}

async function changedSeed(
  head: LoadedSettings,
  base: BaseBuild,
  trials: Trials,
  place: PlaceOf,
): Promise<readonly Condition[]> {
  const before = base.request.loaded;
  const [then, now] = [await seedTexts(before), await seedTexts(head)];
  const changed = [...now].filter(([file, text]) => then.get(file) !== text);
  const gone = [...then.keys()].filter((file) => !now.has(file));
  const sameSettings = JSON.stringify(before.settings.seed) === JSON.stringify(head.settings.seed);
  if (sameSettings && changed.length === 0 && gone.length === 0) return [];
  const [first] = changed;
  const where = first ? { file: first[0], line: firstDifference(then.get(first[0]) ?? "", first[1]) } : place("seed");
  const { seed: _, ...rest } = before.settings;
  const seed = head.settings.seed === undefined ? {} : { seed: head.settings.seed };
  const request: RunRequest = {
    ...base.request,
    loaded: { ...before, settings: { ...rest, ...seed } },
    seedIn: head.root,
  };
  return [
    {
      cause: { kind: "seed", ...where, statement: [...changed.map(([file]) => file), ...gone].slice(0, 3).join(", ") },
      tryOnBase: (subjects) => trials.plansOf(request, subjects, "the base with the changed seed"),
    },
  ];
}

async function seedTexts({ settings: { seed }, root }: LoadedSettings): Promise<ReadonlyMap<string, string>> {
  if (seed === undefined || !("files" in seed)) return new Map();
  const tree = workTree(root);
  const files = [...(await tree.find(seed.files, ".sql")), ...(await tree.find(seed.files, ".csv"))];
  const texts = await tree.read(files);
  return new Map(files.map((file, index) => [file, texts[index] ?? ""]));
}

/** 1-based line of a text's first line with the word; 1 where there is none. */
function lineOf(text: string, word: string): number {
  return (
    Math.max(
      0,
      text.split("\n").findIndex((line) => line.includes(word)),
    ) + 1
  );
}

/** 1-based line of `after` at which it leaves `before`. */
export function firstDifference(before: string, after: string): number {
  const [then, now] = [before.split("\n"), after.split("\n")];
  const at = now.findIndex((line, index) => line.trim() !== then[index]?.trim());
  return (at < 0 ? now.length - 1 : at) + 1;
}
