/** A request as octokit would send it. */
interface ParsedRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

/** So many zeros are no commit, as git itself has it. */
export const noSha = "0".repeat(40);

/** Says what would be sent, a request at a time; headers, and with them tokens, are left out. */
export function tellRequest(tell: (line: string) => void, { method, url, body }: ParsedRequest): void {
  const { pathname, search } = new URL(url);
  const lines = body === undefined ? [] : JSON.stringify(body, null, 2).split("\n");
  tell([`${method} ${pathname}${search}`, ...lines.map((line) => `  ${visible(line)}`)].join("\n"));
}

/** JSON escapes line breaks; what else has no face is escaped here. */
function visible(line: string): string {
  return line.replace(/[\p{Cf}\p{Cc}\u2028\u2029]/gu, (each) =>
    [...Array(each.length).keys()].map((at) => `\\u${each.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  );
}
