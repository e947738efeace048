import { type CommentTelling, tellByComment } from "../../src/github/comment.js";
import { commentMarker, markerLine } from "../../src/reports/comment-marker.js";
import type { FakeGitHub } from "../support/github/types.js";
import { connectTo, refusal, startWithPull } from "./connect.js";

const bot = { login: "github-actions[bot]", type: "Bot", app: "github-actions" } as const;
const stranger = { login: "mallory" } as const;
const marker = commentMarker("plan-gate.yml");

interface Said {
  readonly text: string;
  readonly head: string;
  readonly run?: number;
  readonly attempt?: number;
  readonly digest?: string;
}

function bodyOf({ text, head, run = 10, attempt = 1, digest = "d1" }: Said): string {
  return `${markerLine("plan-gate.yml", { head, run, attempt, digest, record: null })}\n\n${text}`;
}

function telling(said: Said, change: Partial<CommentTelling> = {}): CommentTelling {
  const { head, run = 10, attempt = 1 } = said;
  return {
    number: 1,
    marker,
    body: bodyOf(said),
    smallerBody: bodyOf({ ...said, text: "less" }),
    head,
    run: { id: run, attempt },
    wants: () => true,
    ...change,
  };
}

function texts({ state }: FakeGitHub): readonly string[] {
  return state.comments.map(({ body }) => body.split("\n\n")[1] ?? "");
}

test("the first comment is made, a later run brings it up to date", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  const head = await fake.pullHead(1);
  const first = await tellByComment(github, telling({ text: "red", head }));
  const second = await tellByComment(github, telling({ text: "green", head, run: 11 }));
  expect(texts(fake)).toEqual(["green"]);
  expect(second?.id).toBe(first?.id);
  expect(second?.url).toMatch(/\/acme\/shop\/pull\/1#issuecomment-\d+$/);
  expect(fake.problems).toEqual([]);
});

test("nothing is said where nothing was said and nothing is to say; what is said is asked about with its digest", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  const head = await fake.pullHead(1);
  const asked: unknown[] = [];
  const wants = (before: string | undefined) => {
    asked.push(before);
    return before !== undefined;
  };
  expect(await tellByComment(github, telling({ text: "green", head }, { wants }))).toBeUndefined();
  expect(fake.state.comments).toEqual([]);
  await tellByComment(github, telling({ text: "red", head, digest: "abc" }));
  await tellByComment(github, telling({ text: "green", head, run: 11 }, { wants }));
  expect(texts(fake)).toEqual(["green"]);
  expect(asked).toEqual([undefined, "abc"]);
});

test("a comment that would stay as it is is not written", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  const said = { text: "red", head: await fake.pullHead(1) };
  await tellByComment(github, telling(said));
  await tellByComment(github, telling(said));
  expect(fake.requests.filter(({ method, path }) => method !== "GET" && path !== "/graphql")).toHaveLength(1);
});

test("an older run, or an older try, does not overwrite what a newer one said of this head", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  const head = await fake.pullHead(1);
  await tellByComment(github, telling({ text: "newest", head, run: 12, attempt: 2 }));
  await tellByComment(github, telling({ text: "older run", head, run: 11 }));
  await tellByComment(github, telling({ text: "older try", head, run: 12, attempt: 1 }));
  expect(texts(fake)).toEqual(["newest"]);
});

test("what a newer run said of a head that was thrown away is overwritten", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  const head = await fake.pullHead(1);
  fake.comment(1, bodyOf({ text: "of another head", head: "f".repeat(40), run: 99 }), bot);
  await tellByComment(github, telling({ text: "of this head", head }));
  expect(texts(fake)).toEqual(["of this head"]);
});

test("a run whose head has moved on says nothing, neither first nor later", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  const old = await fake.pullHead(1);
  await fake.git.commit({ ref: "refs/heads/topic", files: { "a.txt": "again\n" } });
  expect(await tellByComment(github, telling({ text: "old", head: old }))).toBeUndefined();
  const head = await fake.pullHead(1);
  await tellByComment(github, telling({ text: "new", head, run: 9 }));
  await tellByComment(github, telling({ text: "old", head: old, run: 11 }));
  expect(texts(fake)).toEqual(["new"]);
});

test("a stranger's comment with our marker, and one that was hidden, are left alone", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  const head = await fake.pullHead(1);
  fake.comment(1, bodyOf({ text: "planted", head, run: 999 }), stranger);
  fake.comment(1, bodyOf({ text: "hidden", head, run: 999 }), bot).minimized = true;
  fake.comment(1, `quoted:\n${bodyOf({ text: "not first", head })}`, bot);
  await tellByComment(github, telling({ text: "ours", head }));
  await tellByComment(github, telling({ text: "ours again", head, run: 11 }));
  expect(texts(fake).filter((text) => text.startsWith("ours"))).toEqual(["ours again"]);
  expect(fake.state.comments).toHaveLength(4);
});

test("of several the oldest stays, wherever the newest verdict stands", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  const head = await fake.pullHead(1);
  const oldest = fake.comment(1, bodyOf({ text: "one", head, run: 5 }), bot);
  for (let more = 0; more < 120; more += 1) fake.comment(1, `talk ${more}`, stranger);
  fake.comment(1, bodyOf({ text: "two", head, run: 20 }), bot);
  const ours = () =>
    fake.state.comments.filter(({ author }) => author === bot.login).map(({ id, body }) => [id, body.split("\n\n")[1]]);
  await tellByComment(github, telling({ text: "older", head, run: 6 }));
  expect(ours()).toEqual([[oldest.id, "two"]]);
  fake.comment(1, bodyOf({ text: "three", head, run: 21 }), bot);
  await tellByComment(github, telling({ text: "four", head, run: 22 }));
  expect(ours()).toEqual([[oldest.id, "four"]]);
});

test("two runs that both make the first comment leave one, with the newest verdict", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  const head = await fake.pullHead(1);
  // The older run is slow: it looked before the newer one had written.
  let raced = false;
  const slow = {
    ...github,
    async pullRequest(number: number) {
      if (!raced) {
        raced = true;
        await tellByComment(github, telling({ text: "newer", head, run: 12 }));
      }
      return github.pullRequest(number);
    },
  };
  await tellByComment(slow, telling({ text: "older", head, run: 11 }));
  expect(texts(fake)).toEqual(["newer"]);
});

test("a comment that GitHub finds too long is sent once more in fewer words", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  const head = await fake.pullHead(1);
  await tellByComment(github, telling({ text: "long ".repeat(20_000), head }));
  expect(texts(fake)).toEqual(["less"]);
  fake.fail({ method: "PATCH", path: /comments/, kind: { status: 422 } });
  expect((await refusal(tellByComment(github, telling({ text: "x", head, run: 11 })))).status).toBe(422);
  expect(fake.requests.filter(({ method }) => method === "PATCH")).toHaveLength(2);
});
