/** What must not be taken for a literal comes before what may be one: names, casts with their modifiers, subscripts. */
const piecesOfSql = [
  // A subscript goes with what it is applied to; after ARRAY the brackets hold elements.
  String.raw`(?<name>(?:(?!(?:array|ARRAY)\[)[\p{L}_][\p{L}\p{N}_$]*(?!['&\p{L}\p{N}_$])|"(?:[^"]|"")*(?:"|$)))(?:\[\d+(?::\d+)?\])*`,
  String.raw`\)(?:\[\d+(?::\d+)?\])+`,
  String.raw`::(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)(?: varying)?\(-?\d+(?:, ?-?\d+)*\)`,
  String.raw`\$\d+`,
  String.raw`(?<string>[eE]'(?:[^'\\]|''|\\(?:[\s\S]|$))*(?:'|$)|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$)|\$(?<tag>(?:[\p{L}_][\p{L}\p{N}_]*)?)\$[\s\S]*?(?:\$\k<tag>\$|$))`,
  String.raw`(?<word>[\p{L}_][\p{L}\p{N}_$]*)`,
  String.raw`(?<number>0[xXoObB][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)`,
];

/** EXPLAIN's own references to sub-selects, whose numbers are no literals. */
const subselect = String.raw`(?:SubPlan|InitPlan) \d+`;
const comment = String.raw`--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`;

const writtenSql = new RegExp([comment, ...piecesOfSql].join("|"), "gu");
const printedSql = new RegExp([subselect, ...piecesOfSql].join("|"), "gu");

/** The literals that a query's text shows. */
export function literalsOf(sql: string): ReadonlySet<string> {
  const literals = new Set<string>();
  for (const { groups } of sql.matchAll(writtenSql)) {
    if (groups?.["number"] !== undefined) literals.add(groups["number"]);
    if (groups?.["string"] !== undefined) literals.add(unquote(groups["string"]));
  }
  return literals;
}

/** Puts `?` and `'?'` for the literals of a condition that `isKnown` does not know. Doing it twice changes nothing. */
export function redactText(text: string, isKnown: (literal: string) => boolean): string {
  let endOfString = -1;
  return text.replace(printedSql, (token: string, ...rest) => {
    const { string, number } = rest.at(-1) as { string?: string; number?: string };
    const offset = rest.at(-3) as number;
    if (number !== undefined) return isKnown(number) ? token : "?";
    if (string === undefined) return token;
    // Two strings side by side would read as one with a quote in it.
    const follows = offset === endOfString;
    endOfString = offset + token.length;
    if (isKnown(unquote(string))) return token;
    const dollars = delimiterOf(string);
    return dollars === undefined ? (follows ? "E'?'" : "'?'") : `${dollars}?${dollars}`;
  });
}

/** Gives the relations' aliases before a dot (`e_1.id`) other names; what is no key of `names` stays. */
export function renameQualifiers(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(printedSql, (token: string, ...rest) => {
    const { name } = rest.at(-1) as { name?: string };
    const [offset, whole] = [rest.at(-3) as number, rest.at(-2) as string];
    if (name !== token || whole[offset + token.length] !== "." || whole[offset - 1] === ".") return token;
    const quoted = token.startsWith('"');
    const renamed = names.get(quoted ? token.slice(1, -1).replaceAll('""', '"') : token);
    if (renamed === undefined) return token;
    return quoted ? `"${renamed.replaceAll('"', '""')}"` : renamed;
  });
}

function unquote(literal: string): string {
  const dollars = delimiterOf(literal);
  if (dollars !== undefined) return literal.slice(dollars.length).replace(dollars, "");
  const inner = literal
    .slice(literal.indexOf("'") + 1)
    .replace(/'$/, "")
    .replaceAll("''", "'");
  return /^e/i.test(literal) ? inner.replace(/\\([\s\S])/g, "$1") : inner;
}

/** `$$` or `$tag$`, where the string is quoted that way. */
function delimiterOf(literal: string): string | undefined {
  return /^\$[^$]*\$/.exec(literal)?.[0];
}
