import { markdownToHtml } from "../../reports/support/browser-page.js";
import type { FakeGitHub } from "../../support/github/types.js";
import type { FinishedRun } from "../../support/runner.js";
import { readLog } from "./read-log.js";

const ourTags =
  /^<(?:\/?(?:p|h[345]|ul|ol|li|code|pre|strong|em|sub|details|summary|table|thead|tbody|tr|hr|td|th)|(?:td|th) align="right"|ol start="1"|\/a)(?: \/)?>$/;
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** Nothing in it notifies, refers, leads away, is HTML of others or has no face, as GitHub reads markdown. */
export function expectHarmless({ serverUrl, repository }: FakeGitHub, markdown: string): void {
  const html = markdownToHtml(markdown);
  const isOurs = (tag: string) =>
    ourTags.test(tag) ||
    (tag.startsWith(`<a href="${serverUrl}/${repository}/`) && /^<a href="[\w./:%#-]*">$/.test(tag));
  const tags = html.replace(/^<!-- .*? -->/, "").match(/<[^>]*>/g) ?? [];
  expect(tags.filter((tag) => !isOurs(tag))).toEqual([]);
  expect(wordsOutsideCode(html)).not.toMatch(
    /@\w|#\d|\bGH-\d|:\/\/|www\.|\$\S|:\w+:|<|\b(?=[a-f]*\d)[0-9a-f]{7,40}\b/i,
  );
  expect(markdown.replaceAll("\n", "").replaceAll("⚠️", "")).not.toMatch(invisible);
}

function wordsOutsideCode(html: string): string {
  const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };
  return html
    .replace(/<!-- .*? -->/, "")
    .replace(/<pre>.*?<\/pre>|<code>.*?<\/code>/gs, "\u0001")
    .replace(/<[^>]*>/g, "\u0001")
    .replace(/&#(\d+);/g, (_, number: string) => String.fromCodePoint(Number(number)))
    .replace(/&(\w+);/g, (_, name: string) => named[name] ?? "");
}

/** The runner obeys nothing but our own groups, masks and remarks, and a reader sees no control characters. */
export function expectHarmlessLog({ stdout, stderr, post }: FinishedRun): void {
  for (const output of [stdout, stderr, post.stdout, post.stderr]) {
    const { commands, shown } = readLog(output);
    const odd = commands.filter(({ name, properties }) => {
      if (["notice", "warning", "error"].includes(name)) return properties !== "title=plan-gate";
      // The toolkit tells what it uploads as `debug`, which shows and changes nothing.
      return !["group", "endgroup", "add-mask", "debug"].includes(name);
    });
    expect(odd).toEqual([]);
    expect(shown.filter((line) => invisible.test(line))).toEqual([]);
    expect(shown.filter((line) => line.length > 5_000)).toEqual([]);
  }
}

/** What every run sets, and no more. */
export const outputNames: readonly string[] = [
  ...["approved-by", "blocked", "comment-url", "digest", "exit-code", "improved", "needs-evidence", "patch"],
  ...["report-json", "verdict"],
];
