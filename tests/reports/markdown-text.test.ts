import fc from "fast-check";
import { fromMarkdown } from "mdast-util-from-markdown";
import { code, folded, link, own, paragraph, prose, writeMarkdown } from "../../src/reports/markdown-text.js";
import { hostileText } from "../support/hostile-verdict.js";
import { markdownToHtml } from "./support/browser-page.js";

test("two pieces of code side by side stay two, whatever backquotes they hold", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("`", "``", "a", "@b", " ", "www.evil.example"), { maxLength: 12 }),
      (parts) => {
        const nodes = prose(parts.join(""));
        const [read] = fromMarkdown(writeMarkdown([paragraph(own("x "), ...nodes)])).children;
        const codes = read?.type === "paragraph" ? read.children.filter(({ type }) => type === "inlineCode") : [];
        expect(codes).toHaveLength(nodes.filter(({ type }) => type === "inlineCode").length);
      },
    ),
    { numRuns: 500 },
  );
});

test("a summary shows what comes from outside as code, so that nobody is notified", () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const html = markdownToHtml(
        writeMarkdown(folded([own("see "), code(text), own(" & more")], [paragraph(own("x"))])),
      );
      expect(html).toMatch(
        /^<details><summary>see <code>[^<>@`]*<\/code> &#38; more<\/summary>\n<p>x<\/p>\n<\/details>\n$/,
      );
    }),
  );
});

test("an address is written as it is, and its name as code", () => {
  const node = link("https://github.com/a/b/blob/c/d%20e.sql#L1", code("d e.sql:1"));
  expect(writeMarkdown([paragraph(node)])).toBe("[`d e.sql:1`](https://github.com/a/b/blob/c/d%20e.sql#L1)\n");
});
