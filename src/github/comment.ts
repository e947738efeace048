import * as z from "zod";
import { sameText } from "./comments.js";
import { type GitHub, GitHubError, type OwnComment } from "./github.js";

/** What a pull request is to be told in its one comment. */
export interface CommentTelling {
  /** Of the pull request. */
  readonly number: number;
  /** What our comment begins with: `<!-- plan-gate:<id> `. */
  readonly marker: string;
  readonly body: string;
  /** The same in fewer words, for when GitHub refuses the first. */
  readonly smallerBody: string;
  /** The commit that this is about. */
  readonly head: string;
  readonly run: RunNumber;
  /** Whether there is anything to say; handed the digest of the comment that is there, if one is. */
  readonly wants: (before: string | undefined) => boolean;
}

/** Increases from run to run and try to try. */
export interface RunNumber {
  readonly id: number;
  readonly attempt: number;
}

/** What a comment's first line says of itself, as far as telling depends on it. */
const Marker = z.object({
  head: z.string(),
  run: z.number(),
  attempt: z.number(),
  digest: z.string(),
});
type Marker = z.infer<typeof Marker>;

type Comments = Pick<GitHub, "ownComments" | "createComment" | "updateComment" | "deleteComment" | "pullRequest">;

/**
 * Brings our comment up to date: one of it, by the newest run, for the head as it is now. Gives the comment that is
 * there in the end; undefined where there is none.
 */
export async function tellByComment(github: Comments, telling: CommentTelling): Promise<OwnComment | undefined> {
  const [oldest, ...others] = await github.ownComments(telling.number, telling.marker);
  if (!oldest) return tellFirst(github, telling);
  const before = readMarker(newestOf([oldest, ...others]).body);
  if (!telling.wants(before?.digest ?? "")) return oldest;
  if (isNewer(before, telling) || !(await isHead(github, telling))) return joined(github, [oldest, ...others]);
  const told = sameText(oldest.body, telling.body) ? oldest : await update(github, oldest.id, telling);
  await remove(github, others);
  return told;
}

async function tellFirst(github: Comments, telling: CommentTelling): Promise<OwnComment | undefined> {
  if (!telling.wants(undefined) || !(await isHead(github, telling))) return undefined;
  const { number } = telling;
  const made = await withSmaller(telling, (body) => github.createComment(number, body));
  // Another run may have begun its first comment at the same time.
  const [oldest, ...others] = await github.ownComments(number, telling.marker);
  return oldest ? joined(github, [oldest, ...others]) : made;
}

/** Of several the oldest stays, and says what the newest run said. */
async function joined(
  github: Comments,
  [oldest, ...others]: readonly [OwnComment, ...OwnComment[]],
): Promise<OwnComment> {
  const { body } = newestOf([oldest, ...others]);
  const told = sameText(oldest.body, body) ? oldest : await github.updateComment(oldest.id, body);
  await remove(github, others);
  return told;
}

async function remove(github: Comments, comments: readonly OwnComment[]): Promise<void> {
  for (const { id } of comments) await github.deleteComment(id);
}

function update(github: Comments, id: number, telling: CommentTelling): Promise<OwnComment> {
  return withSmaller(telling, (body) => github.updateComment(id, body));
}

/** GitHub's limit is not where it says it is: a refusal is taken for "too long" once. */
async function withSmaller(
  { body, smallerBody }: CommentTelling,
  write: (body: string) => Promise<OwnComment>,
): Promise<OwnComment> {
  try {
    return await write(body);
  } catch (error) {
    if (!(error instanceof GitHubError) || error.status !== 422 || smallerBody === body) throw error;
    return write(smallerBody);
  }
}

/** A push since then has a run of its own, and that one tells. */
async function isHead(github: Comments, { number, head }: CommentTelling): Promise<boolean> {
  return (await github.pullRequest(number)).head.sha === head;
}

/** Only for the same head: what an earlier run says of this head counts more than a later one's of another. */
function isNewer(there: Marker | undefined, { head, run }: CommentTelling): boolean {
  return there !== undefined && there.head === head && order(there, { run: run.id, attempt: run.attempt }) > 0;
}

function newestOf(comments: readonly [OwnComment, ...OwnComment[]]): OwnComment {
  return comments.reduce((newest, each) => {
    const [a, b] = [readMarker(newest.body), readMarker(each.body)];
    return b && (!a || order(b, a) > 0) ? each : newest;
  });
}

function order(a: Pick<Marker, "run" | "attempt">, b: Pick<Marker, "run" | "attempt">): number {
  return a.run - b.run || a.attempt - b.attempt;
}

/** Undefined where the first line is no marker, as that of a later plan-gate may be. */
function readMarker(body: string): Marker | undefined {
  const [, json] = /^<!-- plan-gate:\S* (\{[^\r\n]*\}) -->\r?(?:\n|$)/.exec(body) ?? [];
  if (json === undefined) return undefined;
  try {
    return Marker.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
