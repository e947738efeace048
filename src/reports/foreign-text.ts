import { stripVTControlCharacters } from "node:util";

/** Line breaks of every kind, tabs and other spaces. */
const spaces = /[\s\p{Z}\u0085]+/gu;

/** Control and format characters (ANSI, bidi overrides, zero-width), private use and lone surrogates: none has a face. */
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

/** Text from outside as one visible line: names, SQL and messages may hold escape sequences and line breaks. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(spaces, " ").replace(invisible, "").trim();
}

/** A line of a table: as it is, but for what has no face. */
export function visibleLine(line: string): string {
  return stripVTControlCharacters(line).replace(/\t/g, "  ").replace(invisible, "");
}

const wide =
  /[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;

/** Columns that text takes in a terminal; never fewer than it really does, sometimes more (combining characters). */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

function columnsOf(character: string): number {
  return wide.test(character) ? 2 : 1;
}

/** One visible line of at most `width` columns; what does not fit is replaced by `…`. */
export function shorten(text: string, width: number): string {
  const line = oneLine(text);
  return displayWidth(line) <= width ? line : `${prefix(line, width - 1)}…`;
}

/** As many characters as fit into `width` columns, and at least one. */
function prefix(text: string, width: number): string {
  let [taken, columns] = ["", 0];
  for (const character of text) {
    columns += columnsOf(character);
    if (taken !== "" && columns > width) break;
    taken += character;
  }
  return taken;
}

/** Breaks text into visible lines of at most `width` columns, inside a word only where the word alone is longer. */
export function wrap(text: string, width: number): string[] {
  // One column is kept back for `harmless`.
  const room = Math.max(8, width - 1);
  const lines: string[] = [];
  let line = "";
  for (const word of oneLine(text).split(" ")) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > room) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
    while (displayWidth(line) > room) {
      const part = prefix(line, room);
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  return [...lines, line].filter((each) => each !== "").map(harmless);
}

/** GitHub's runner takes a line that begins with `::` or `##[` for a command. */
function harmless(line: string): string {
  return /^(?:::|##\[)/.test(line) ? `\\${line}` : line;
}
