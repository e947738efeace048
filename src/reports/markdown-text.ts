import type {
  BlockContent,
  Html,
  InlineCode,
  Link,
  List,
  Paragraph,
  PhrasingContent,
  RootContent,
  Table,
  TableCell,
  Text,
} from "mdast";
import { gfmTableToMarkdown } from "mdast-util-gfm-table";
import { toMarkdown } from "mdast-util-to-markdown";
import { oneLine, shorten } from "./foreign-text.js";

/** Words that read as prose wherever they stand; anything else might be markup, a mention, an issue number or a link. */
const harmlessWord = /^[\p{L}\p{N}\p{M}.,;:!?()'"%/+=×÷→…–-]+$/u;
const linkLike = /:\/\/|www\.|\b[0-9a-f]{7,40}\b|\bGH-\d|:[\w+-]/i;

/** Sentences, some of whose words may come from outside: what stands in backquotes, or is no plain word, becomes code. */
export function prose(text: string): PhrasingContent[] {
  const nodes = oneLine(text)
    .split(/`([^`]+)`/)
    .flatMap((part, index) => (index % 2 === 1 ? [code(part)] : words(part)));
  // Backquotes of two neighbours would run together, and end neither where it ends.
  return nodes.flatMap((node, index) =>
    node.type === "inlineCode" && nodes[index - 1]?.type === "inlineCode" ? [own(" "), node] : [node],
  );
}

function words(text: string): (Text | InlineCode)[] {
  const nodes: (Text | InlineCode)[] = [];
  for (const piece of pieces(text)) {
    if (isPlain(piece)) {
      addText(nodes, piece);
      continue;
    }
    const [, core = "", close = ""] = /^(.*?)([.,;:!?]*)$/s.exec(piece) ?? [];
    if (core !== "") nodes.push(code(core));
    addText(nodes, close);
  }
  return nodes;
}

/** Words and the spaces between them; parentheses around what is no prose, an expression most likely, stay in one piece. */
function pieces(text: string): readonly string[] {
  const found: string[] = [];
  for (let rest = text; rest !== ""; ) {
    const group = parenthesised(rest);
    const piece = group ?? /^(?: +|[^ ]+)/.exec(rest)?.[0] ?? rest;
    found.push(piece);
    rest = rest.slice(piece.length);
  }
  return found;
}

/** The parentheses with which text begins, if some word in them is not plain and there is an end to them. */
function parenthesised(text: string): string | undefined {
  if (!text.startsWith("(")) return undefined;
  let depth = 0;
  for (let end = 0; end < Math.min(text.length, 300); end++) {
    if (text[end] === "(") depth++;
    if (text[end] === ")") depth--;
    if (depth > 0) continue;
    const group = text.slice(0, end + 1);
    return group.split(" ").every(isPlain) ? undefined : group;
  }
  return undefined;
}

function isPlain(piece: string): boolean {
  return /^ *$/.test(piece) || (piece.length < 100 && harmlessWord.test(piece) && !linkLike.test(piece));
}

function addText(nodes: (Text | InlineCode)[], value: string): void {
  const last = nodes.at(-1);
  if (value === "") return;
  if (last?.type === "text") last.value += value;
  else nodes.push({ type: "text", value });
}

/** Text from outside that is no prose: names, SQL, places. */
export function code(text: string, width = 300): InlineCode {
  // cmark reads a backslash before an escaped pipe as the end of a table cell.
  const value = shorten(text, width).replace(/\\+(?=\|)|\\$/g, "");
  return { type: "inlineCode", value: value.trim() === "" ? "(empty)" : value };
}

/** Our own words, or figures. */
export function own(value: string): Text {
  return { type: "text", value };
}

/** Words in bold. */
export function strong(...children: PhrasingContent[]): PhrasingContent {
  return { type: "strong", children };
}

/** A paragraph. */
export function paragraph(...children: PhrasingContent[]): Paragraph {
  return { type: "paragraph", children };
}

/** A tight list of one-line items; numbered, where their order matters. */
export function list(items: readonly (readonly PhrasingContent[])[], ordered = false): List {
  return {
    type: "list",
    ordered,
    spread: false,
    children: items.map((children) => ({ type: "listItem", spread: false, children: [paragraph(...children)] })),
  };
}

/** A table; the first row holds the headings. Columns whose number is in `right` are aligned to the right. */
export function table(rows: readonly (readonly (readonly PhrasingContent[])[])[], right: readonly number[]): Table {
  const cell = (children: readonly PhrasingContent[]): TableCell => ({ type: "tableCell", children: [...children] });
  return {
    type: "table",
    align: (rows[0] ?? []).map((_, column) => (right.includes(column) ? "right" : null)),
    children: rows.map((row) => ({ type: "tableRow", children: row.map(cell) })),
  };
}

/** Where a reader gets by a click. The address is ours, or percent-encoded. */
export function link(url: string, ...children: (Text | InlineCode)[]): Link {
  return { type: "link", url, children };
}

/** What is folded away until a reader opens it. What comes from outside stands in the summary as code, as everywhere. */
export function folded(summary: string | readonly PhrasingContent[], content: readonly RootContent[]): RootContent[] {
  const line = typeof summary === "string" ? entities(summary) : summary.map(inSummary).join("");
  return [html(`<details><summary>${line}</summary>`), ...content, html("</details>")];
}

/** GitHub looks for mentions in the finished page, so that entities alone keep nobody from being notified. */
function inSummary(node: PhrasingContent): string {
  if (node.type === "inlineCode") return `<code>${entities(node.value)}</code>`;
  return node.type === "text" ? entities(node.value) : "";
}

/** A paragraph in small print. */
export function small(...children: PhrasingContent[]): Paragraph {
  return paragraph(html("<sub>"), ...children, html("</sub>"));
}

/** The only raw HTML there is. */
function html(value: string): Html {
  return { type: "html", value };
}

function entities(text: string): string {
  // Line breaks only: a space at an end separates words here.
  return text.replace(/[\r\n]+/g, " ").replace(/[&<>"@#`]/g, (character) => `&#${character.codePointAt(0)};`);
}

/** Lines that keep their form, such as a plan's tree. */
export function preformatted(lines: readonly string[]): BlockContent {
  return { type: "code", value: lines.join("\n") };
}

/** The tree as markdown, for GitHub's reading of it. */
export function writeMarkdown(children: readonly RootContent[]): string {
  const inConstruct = "phrasing" as const;
  // Addresses are ours, or percent-encoded: escapes would only make them unreadable.
  const notInConstruct = ["destinationRaw" as const, "destinationLiteral" as const];
  return toMarkdown(
    { type: "root", children: [...children] },
    {
      bullet: "-",
      extensions: [gfmTableToMarkdown({ tablePipeAlign: false })],
      unsafe: ["<", ">", "&", "~", "$", "@", "#"].map((character) => ({
        character,
        inConstruct,
        notInConstruct,
      })),
    },
  );
}
