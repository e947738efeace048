import type { Access, PermissionName, State, TokenState } from "./types.js";

/** A permission that would do: several in a row are alternatives, as in GitHub's documentation. */
type Need = readonly [name: PermissionName, access: "read" | "write"];

const metadata: readonly Need[] = [];
const read = (...names: PermissionName[]): readonly Need[] => names.map((name) => [name, "read"]);
const write = (...names: PermissionName[]): readonly Need[] => names.map((name) => [name, "write"]);

/** What GitHub documents that a token needs, by operation. An empty list: `metadata: read`, which each token has. */
const needs: Readonly<Record<string, readonly Need[]>> = {
  "repos/get": metadata,
  "repos/get-branch": read("contents"),
  "repos/compare-commits-with-basehead": read("contents"),
  "repos/get-collaborator-permission-level": metadata,
  "repos/get-content": read("contents"),
  "repos/create-commit-status": write("statuses"),
  "repos/get-combined-status-for-ref": read("statuses"),
  "pulls/get": read("pull-requests"),
  "pulls/list": read("pull-requests"),
  "pulls/create": write("pull-requests"),
  "pulls/update": write("pull-requests"),
  "issues/list-events-for-timeline": read("issues", "pull-requests"),
  "issues/list-comments": read("issues", "pull-requests"),
  "issues/create-comment": write("issues", "pull-requests"),
  "issues/update-comment": write("issues", "pull-requests"),
  "issues/delete-comment": write("issues", "pull-requests"),
  "issues/get-label": read("issues", "pull-requests"),
  "issues/create-label": write("issues", "pull-requests"),
  "issues/add-labels": write("issues", "pull-requests"),
  "issues/remove-label": write("issues", "pull-requests"),
  "issues/list-for-repo": read("issues"),
  "issues/get": read("issues", "pull-requests"),
  "issues/create": write("issues"),
  "issues/update": write("issues", "pull-requests"),
  "teams/get-by-name": read("members"),
  "teams/get-membership-for-user-in-org": read("members"),
  "checks/list-for-ref": read("checks"),
  "checks/get": read("checks"),
  "checks/list-annotations": read("checks"),
  "checks/create": write("checks"),
  "checks/update": write("checks"),
  "actions/get-workflow-run": read("actions"),
  "actions/list-workflow-run-artifacts": read("actions"),
  "actions/download-artifact": read("actions"),
  "git/get-ref": read("contents"),
  "git/create-ref": write("contents"),
  "git/update-ref": write("contents"),
  "git/get-commit": read("contents"),
  "git/create-commit": write("contents"),
  "git/get-tree": read("contents"),
  "git/create-tree": write("contents"),
  "git/get-blob": read("contents"),
  "git/create-blob": write("contents"),
};

/** What a request needs: on an issue that is no pull request, `pull-requests` opens nothing. */
export function permissionsFor(operation: string, number: number | undefined, state: State): readonly Need[] {
  const found = needs[operation];
  if (found === undefined) throw new Error(`which permission does ${operation} need?`);
  return number !== undefined && state.issues.has(number) ? found.filter(([name]) => name === "issues") : found;
}

/** Whether one of the alternatives is granted. */
export function covers(token: TokenState, alternatives: readonly Need[]): boolean {
  return alternatives.length === 0 || alternatives.some(([name, access]) => allows(token, name, access));
}

export function allows({ permissions }: TokenState, name: PermissionName, access: "read" | "write"): boolean {
  const levels: readonly Access[] = ["none", "read", "write"];
  return levels.indexOf(permissions[name] ?? "none") >= levels.indexOf(access);
}

/** The value of `x-accepted-github-permissions`. */
export function acceptedPermissions(alternatives: readonly Need[]): string {
  if (alternatives.length === 0) return "metadata=read";
  return alternatives.map(([name, access]) => `${name.replace("-", "_")}=${access}`).join("; ");
}
