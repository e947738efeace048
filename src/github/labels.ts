import { type Api, unlessMissing } from "./api.js";
import { type GitHub, GitHubError, type LabelEvent } from "./github.js";

type Labels = Pick<GitHub, "newestLabeled" | "createLabel" | "removeLabel">;

/** Labels, and who put them on. */
export function labelsOf(api: Api): Labels {
  const { at } = api;
  return {
    async newestLabeled(pullRequest, label) {
      const events = await api.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/timeline", {
        ...at,
        issue_number: pullRequest,
        per_page: 100,
      });
      let newest: LabelEvent | undefined;
      for (const event of events) {
        if (!isOf(event, label)) continue;
        newest = event.event === "labeled" ? labelEvent(event) : undefined;
      }
      return newest;
    },
    async createLabel({ name, color, description }) {
      try {
        await api.request("POST /repos/{owner}/{repo}/labels", {
          ...at,
          name,
          color,
          description,
          request: { repeatable: true },
        });
      } catch (error) {
        // Asking first would be a request more, and somebody else could still be quicker.
        if (!(error instanceof GitHubError && error.status === 422 && /already.?exists/i.test(error.message)))
          throw error;
      }
    },
    async removeLabel(pullRequest, label) {
      await unlessMissing(
        api.request("DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", {
          ...at,
          issue_number: pullRequest,
          name: label,
        }),
      );
    },
  };
}

/** The part of a timeline's event that tells who labelled. */
interface LabelJson {
  readonly id: number;
  readonly event: "labeled" | "unlabeled";
  readonly label: { readonly name: string };
  readonly actor: { readonly login: string; readonly type: string } | null;
  readonly performed_via_github_app?: { readonly slug?: string } | null;
  readonly created_at: string;
}

/** Oldest first is how GitHub lists them. Labels do not tell upper case from lower case. */
function isOf(event: object, label: string): event is LabelJson {
  const { event: kind, label: about } = event as Partial<LabelJson>;
  if (kind !== "labeled" && kind !== "unlabeled") return false;
  return about?.name.toLowerCase() === label.toLowerCase();
}

/** An account that is gone is nobody who may approve. */
function labelEvent({ id, actor, performed_via_github_app: app, created_at: at }: LabelJson): LabelEvent {
  const viaApp = app ? (app.slug ?? "an app") : null;
  return { id, login: actor?.login ?? "ghost", type: actor?.type ?? "Mannequin", viaApp, at };
}
