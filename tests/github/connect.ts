import { type Connection, connectGitHub } from "../../src/github/client.js";
import { type GitHub, GitHubError } from "../../src/github/github.js";
import { startFakeGitHub } from "../support/github/fake-github.js";
import type { FakeGitHub, FakeGitHubOptions } from "../support/github/types.js";

/** Short pauses; requests have their time, since the fake needs a second for its first GraphQL. */
const quick = { requestMs: 10_000, totalMs: 60_000, pausesMs: [10, 20] } as const;
/** For a GitHub that does not answer. */
export const hasty = { requestMs: 400, totalMs: 3_000, pausesMs: [10, 20] } as const;

/** The client as a job on this GitHub would open it. */
export function connectTo(fake: FakeGitHub, change: Partial<Connection> = {}): GitHub {
  const { apiUrl, graphqlUrl, serverUrl, repository, jobToken } = fake;
  return connectGitHub({
    token: jobToken,
    repository,
    apiUrl,
    graphqlUrl,
    serverUrl,
    version: "1.2.3",
    tell: () => {},
    clock: () => performance.now(),
    signal: new AbortController().signal,
    limits: quick,
    ...change,
  });
}

/** A GitHub with one commit on `main` and the open pull request 1 from `topic`. */
export async function startWithPull(options: FakeGitHubOptions = {}): Promise<FakeGitHub & { readonly pull: number }> {
  const fake = await startFakeGitHub(options);
  const main = await fake.git.commit({ ref: "refs/heads/main", files: { "a.txt": "a\n", "dir/b.txt": "b\n" } });
  await fake.git.commit({ ref: "refs/heads/topic", from: main, files: { "a.txt": "other\n", "dir/b.txt": null } });
  const { number } = await fake.openPull({ branch: "topic" });
  return Object.assign(fake, { pull: number });
}

/** What GitHub, or the client in its name, refused with. */
export async function refusal(asked: Promise<unknown>): Promise<GitHubError> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof GitHubError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
