import { type Api, unlessMissing } from "./api.js";
import { type GitHub, GitHubError, type Role } from "./github.js";

type People = Pick<GitHub, "role" | "isInTeam">;

const roles: readonly Role[] = ["none", "read", "triage", "write", "maintain", "admin"];

/** What people may do here; `organisation` asks for teams, with a token of its own. */
export function peopleOf(api: Api, organisation: Api | undefined): People {
  return {
    async role(login) {
      const answer = await unlessMissing(
        api.request("GET /repos/{owner}/{repo}/collaborators/{username}/permission", { ...api.at, username: login }),
      );
      if (!answer) return "none";
      const { role_name: role, permission } = answer.data;
      // A role that an organisation made up is built on one of these, which `permission` names.
      return roles.find((each) => each === role) ?? roles.find((each) => each === permission) ?? "none";
    },
    async isInTeam(team, login) {
      const [org = "", team_slug = "", ...more] = team.split("/");
      if (org === "" || team_slug === "" || more.length > 0) {
        throw new GitHubError(`"${team}" does not name a team as "organisation/team"`, 0);
      }
      if (!organisation) {
        throw new GitHubError(`the members of ${team} are shown only to a token that may read them: set org-token`, 0);
      }
      await requireVisible(organisation, org, team_slug);
      const answer = await unlessMissing(
        organisation.request("GET /orgs/{org}/teams/{team_slug}/memberships/{username}", {
          org,
          team_slug,
          username: login,
        }),
      );
      return answer?.data.state === "active";
    },
  };
}

/** 404 would otherwise mean both "no member" and "you may not know". */
async function requireVisible(api: Api, org: string, team_slug: string): Promise<void> {
  try {
    await api.request("GET /orgs/{org}/teams/{team_slug}", { org, team_slug });
  } catch (error) {
    if (!(error instanceof GitHubError) || (error.status !== 403 && error.status !== 404)) throw error;
    throw new GitHubError(
      `org-token may not see the team ${org}/${team_slug}, or there is none: it needs to read the organisation's members`,
      error.status,
      error.missing,
    );
  }
}
