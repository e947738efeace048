/** A stretch of a file as psql would cut it: SQL up to and with its semicolon, or a backslash command of psql. */
export interface Piece {
  readonly kind: "sql" | "command";
  readonly start: number;
  /** Of a command: the end of its line. */
  readonly end: number;
}

const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const dollarQuote = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
/** What neither begins nor ends anything. */
const plainRun = /[^\\'"$;()\-/A-Za-z_\u0080-\uffff]+/y;

/**
 * The piece that begins at `from`, or undefined at the text's end. It follows psql's lexer (psqlscan.l): a semicolon in
 * parentheses (CREATE RULE) or between a routine's BEGIN and END (BEGIN ATOMIC) ends nothing.
 */
export function nextPiece(text: string, from: number): Piece | undefined {
  if (from >= text.length) return undefined;
  const nesting: Nesting = { parentheses: 0, blocks: 0, firstWords: [] };
  let at = from;
  while (at < text.length) {
    const char = text[at];
    if (char === ";" && nesting.parentheses === 0 && nesting.blocks === 0)
      return { kind: "sql", start: from, end: at + 1 };
    if (char === "\\") return { kind: "command", start: at, end: endOfLine(text, at) };
    at = skipToken(text, at, nesting);
  }
  return { kind: "sql", start: from, end: text.length };
}

interface Nesting {
  parentheses: number;
  /** BEGIN and CASE without their END, counted in CREATE FUNCTION and CREATE PROCEDURE alone. */
  blocks: number;
  readonly firstWords: string[];
}

function skipToken(text: string, at: number, nesting: Nesting): number {
  switch (text[at]) {
    case "'":
      return endOfQuoted(text, at, "'");
    case '"':
      return endOfQuoted(text, at, '"');
    case "$":
      return endOfDollarQuoted(text, at);
    case "(":
      nesting.parentheses++;
      return at + 1;
    case ")":
      nesting.parentheses = Math.max(0, nesting.parentheses - 1);
      return at + 1;
    case "-":
      return text[at + 1] === "-" ? endOfLine(text, at) : at + 1;
    case "/":
      return text[at + 1] === "*" ? endOfComment(text, at) : at + 1;
    default:
      return skipWord(text, at, nesting) ?? matchAt(plainRun, text, at)?.end ?? at + 1;
  }
}

function skipWord(text: string, at: number, nesting: Nesting): number | undefined {
  const found = matchAt(word, text, at);
  if (!found) return undefined;
  if (/^e$/i.test(found.text) && text[found.end] === "'") return endOfEscapeString(text, found.end);
  if (nesting.firstWords.length < 4) nesting.firstWords.push(found.text.toLowerCase());
  if (nesting.parentheses === 0) countBlock(found.text.toLowerCase(), nesting);
  return found.end;
}

function countBlock(found: string, nesting: Nesting): void {
  if (found !== "begin" && found !== "case" && found !== "end") return;
  if (!/^create (or replace )?(function|procedure)\b/.test(nesting.firstWords.join(" "))) return;
  if (found === "begin" || (found === "case" && nesting.blocks > 0)) nesting.blocks++;
  else if (found === "end") nesting.blocks = Math.max(0, nesting.blocks - 1);
}

function matchAt(pattern: RegExp, text: string, at: number): { text: string; end: number } | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  return found === undefined ? undefined : { text: found, end: at + found.length };
}

/** A doubled quote reads as one string's end and the next one's beginning, which comes to the same. */
function endOfQuoted(text: string, at: number, quote: string): number {
  const end = text.indexOf(quote, at + 1);
  return end < 0 ? text.length : end + 1;
}

/** `E'it\'s'`: here a doubled quote must not end the string, for a backslash may follow. */
function endOfEscapeString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\" || (text[at] === "'" && text[at + 1] === "'")) at++;
    else if (text[at] === "'") return at + 1;
  }
  return text.length;
}

function endOfDollarQuoted(text: string, at: number): number {
  const opening = matchAt(dollarQuote, text, at);
  if (!opening) return at + 1;
  const closing = text.indexOf(opening.text, opening.end);
  return closing < 0 ? text.length : closing + opening.text.length;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function endOfComment(text: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.index + 2;
  }
  return text.length;
}

/** Length of the white space and comments a text begins with; PostgreSQL's comments nest. */
export function leadLength(text: string): number {
  const blank = /\s*/y;
  let at = 0;
  for (;;) {
    at = matchAt(blank, text, at)?.end ?? at;
    if (text.startsWith("--", at)) at = endOfLine(text, at);
    else if (text.startsWith("/*", at)) at = endOfComment(text, at);
    else return at;
  }
}
