import { type Api, unlessMissing } from "./api.js";
import { noSha } from "./dry-run.js";
import type { GitHub, NewCommit } from "./github.js";

type Branches = Pick<GitHub, "defaultBranch" | "branch" | "commitOnBranch" | "createBranch" | "resetBranch">;

const mutation = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

interface Committed {
  readonly createCommitOnBranch: { readonly commit: { readonly oid: string } };
}

/** Branches, and commits on them; `writer` is who commits. */
export function branchesOf(api: Api, writer: Api): Branches {
  const { at } = api;
  let known: string | undefined;
  return {
    async defaultBranch() {
      known ??= (await api.request("GET /repos/{owner}/{repo}", at)).data.default_branch;
      return known;
    },
    async branch(name) {
      const answer = await unlessMissing(
        api.request("GET /repos/{owner}/{repo}/branches/{branch}", { ...at, branch: name }),
      );
      // GitHub follows a renamed branch to its new name, whose protection says nothing about this one.
      if (answer?.data.name !== name) return undefined;
      return { name, sha: answer.data.commit.sha, protected: answer.data.protected };
    },
    commitOnBranch: (commit) =>
      writer.once({ send: () => commitOn(writer, commit), arrived: () => committed(api, commit) }),
    createBranch: (name, sha) =>
      writer.once({
        async send() {
          await writer.request("POST /repos/{owner}/{repo}/git/refs", { ...at, ref: `refs/heads/${name}`, sha });
        },
        async arrived() {
          return (await tipOf(api, name)) === sha ? null : undefined;
        },
      }) as Promise<void>,
    async resetBranch(name, sha) {
      await writer.request("PATCH /repos/{owner}/{repo}/git/refs/{ref}", {
        ...at,
        ref: `heads/${name}`,
        sha,
        force: true,
      });
    },
  };
}

async function commitOn(api: Api, commit: NewCommit): Promise<string> {
  const { branch, expectedHead, headline, body, additions, deletions } = commit;
  const input = {
    branch: { repositoryNameWithOwner: `${api.at.owner}/${api.at.repo}`, branchName: branch },
    expectedHeadOid: expectedHead,
    message: { headline, body },
    fileChanges: {
      additions: additions.map(({ path, text }) => ({ path, contents: Buffer.from(text).toString("base64") })),
      deletions: deletions.map((path) => ({ path })),
    },
  };
  const standIn: Committed = { createCommitOnBranch: { commit: { oid: noSha } } };
  const done = await api.graphql<Committed>({ query: mutation, variables: { input }, standIn });
  return done.createCommitOnBranch.commit.oid;
}

/** Our commit on top of what was expected, where the answer to it was lost. */
async function committed(api: Api, { branch, expectedHead, headline }: NewCommit): Promise<string | undefined> {
  const tip = await tipOf(api, branch);
  if (tip === undefined || tip === expectedHead) return undefined;
  const { data } = await api.request("GET /repos/{owner}/{repo}/git/commits/{commit_sha}", {
    ...api.at,
    commit_sha: tip,
  });
  const isOurs = data.parents[0]?.sha === expectedHead && data.message.split("\n")[0] === headline;
  return isOurs ? tip : undefined;
}

/** The commit a branch is at; undefined where there is no such branch. */
export async function tipOf(api: Api, branch: string): Promise<string | undefined> {
  const answer = await unlessMissing(
    api.request("GET /repos/{owner}/{repo}/git/ref/{ref}", { ...api.at, ref: `heads/${branch}` }),
  );
  return answer?.data.object.sha;
}
