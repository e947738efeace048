import { type GitHub, GitHubError, type Issue } from "../github/github.js";
import { type IssueAction, labels } from "./plan-issues.js";

/** The part of GitHub that has to do with issues. */
export type IssueTracker = Pick<GitHub, "ownIssues" | "createIssue" | "updateIssue" | "createComment" | "createLabel">;

type Tell = (line: string) => void;

/** Our issues of both kinds; undefined where GitHub does not show them, which the log says. */
export async function readIssues(github: IssueTracker, tell: Tell): Promise<readonly Issue[] | undefined> {
  try {
    const found = await Promise.all(Object.values(labels).map(({ name }) => github.ownIssues(name)));
    // An issue may carry both labels.
    return [...new Map(found.flat().map((issue) => [issue.number, issue])).values()];
  } catch (error) {
    tell(`no issue was opened or updated: ${reasonOf(error)}`);
    return undefined;
  }
}

/** Does one after the other. What GitHub refuses is said in the log, and the others are done all the same. */
export async function carryOut(
  github: IssueTracker,
  actions: readonly IssueAction[],
  tell: Tell,
): Promise<readonly Issue[]> {
  const changed = new Map<number, Issue>();
  const labelled = new Set<string>();
  for (const action of actions) {
    try {
      if (action.kind === "create" && !labelled.has(action.label)) {
        labelled.add(action.label);
        await makeLabel(github, action.label);
      }
      const issue = await carryOutOne(github, action);
      if (issue) changed.set(issue.number, issue);
    } catch (error) {
      tell(`${described(action)} failed: ${reasonOf(error)}`);
    }
  }
  return [...changed.values()];
}

async function carryOutOne(github: IssueTracker, action: IssueAction): Promise<Issue | undefined> {
  switch (action.kind) {
    case "create": {
      const { title, body, label } = action;
      return github.createIssue({ title, body, labels: [labels[label].name] });
    }
    case "edit":
      return github.updateIssue(action.number, action.change);
    case "comment":
      await github.createComment(action.number, action.body);
      return undefined;
  }
}

/** GitHub would make it without colour and description. 422: it is there already. */
async function makeLabel(github: IssueTracker, label: keyof typeof labels): Promise<void> {
  try {
    await github.createLabel(labels[label]);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
  }
}

function described(action: IssueAction): string {
  switch (action.kind) {
    case "create":
      return "opening an issue";
    case "edit":
      return `updating the issue ${action.number}`;
    case "comment":
      return `commenting on the issue ${action.number}`;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof GitHubError)) throw error;
  const { message, permission, status } = error;
  if (permission !== undefined) return `${message} (the job needs \`permissions: ${permission}\`)`;
  return status === 403 || status === 404 ? `${message} (the job needs \`permissions: issues: write\`)` : message;
}
