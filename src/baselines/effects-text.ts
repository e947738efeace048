import type { TableEffect } from "../plan/effects.js";
import { namePattern, readName, TreeTextError, writeName } from "./tree-text.js";

/** Writes effects one line a table, figures that are 0 left out: "public.posts: read whole 1 time, 30000 rows; deleted 5". */
export function writeEffects(effects: readonly TableEffect[]): string {
  return effects.map((effect) => `${writeEffect(effect)}\n`).join("");
}

function writeEffect(effect: TableEffect): string {
  const { relation, inserted, updated, deleted } = effect;
  const parts = [
    pair("seq scans", effect.seqScans, effect.rowsReadBySeqScans),
    pair("index scans", effect.indexScans, effect.rowsReadByIndexScans),
    effect.indexBlocks === 0 ? "" : `index blocks=${effect.indexBlocks}`,
    inserted === 0 ? "" : `inserted=${inserted}`,
    updated === 0 ? "" : `updated=${updated}`,
    deleted === 0 ? "" : `deleted=${deleted}`,
  ];
  const table = `${writeName(relation.schema)}.${writeName(relation.name)}`;
  return `${table}: ${parts.filter((part) => part !== "").join(", ")}`;
}

function pair(what: string, scans: number, rows: number): string {
  return scans === 0 && rows === 0 ? "" : `${what}=${scans} rows=${rows}`;
}

const number = "-?[0-9.]+(?:e[+-]?[0-9]+)?";
const linePattern = new RegExp(
  [
    `^(?<schema>${namePattern})\\.(?<name>${namePattern}): `,
    `(?:seq scans=(?<seqScans>${number}) rows=(?<rowsReadBySeqScans>${number})(?:, |$))?`,
    `(?:index scans=(?<indexScans>${number}) rows=(?<rowsReadByIndexScans>${number})(?:, |$))?`,
    `(?:index blocks=(?<indexBlocks>${number})(?:, |$))?`,
    `(?:inserted=(?<inserted>${number})(?:, |$))?(?:updated=(?<updated>${number})(?:, |$))?(?:deleted=(?<deleted>${number}))?$`,
  ].join(""),
  "s",
);

/** Reads what `writeEffects` wrote. Throws TreeTextError that names the line it cannot read. */
export function readEffects(text: string): readonly TableEffect[] {
  const lines = text.replace(/\n+$/, "").split("\n");
  return lines.flatMap((line, at) => {
    if (line === "" && lines.length === 1) return [];
    const found = linePattern.exec(line)?.groups;
    const [schema, name] = [readName(found?.["schema"]), readName(found?.["name"])];
    if (!found || schema === undefined || name === undefined) throw new TreeTextError(at, "says nothing of a table");
    const figure = (key: string) => Number(found[key] ?? 0);
    return [
      {
        relation: { schema, name },
        seqScans: figure("seqScans"),
        rowsReadBySeqScans: figure("rowsReadBySeqScans"),
        indexScans: figure("indexScans"),
        rowsReadByIndexScans: figure("rowsReadByIndexScans"),
        indexBlocks: figure("indexBlocks"),
        inserted: figure("inserted"),
        updated: figure("updated"),
        deleted: figure("deleted"),
      },
    ];
  });
}
