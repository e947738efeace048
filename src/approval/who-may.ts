import type { ApprovalSettings } from "../config/settings.js";

/** Names that a sentence can carry. */
const mostNames = 5;

/** Who may approve, as the subject of a sentence: "somebody with write access". */
export function whoMay({ minimumRole, approvers, authorMayApprove }: ApprovalSettings): string {
  const names = (approvers ?? []).slice(0, mostNames).map((name) => `\`${name}\``);
  const more = (approvers ?? []).length - names.length;
  const who = approvers
    ? `one of ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""} with ${minimumRole} access`
    : `somebody with ${minimumRole} access`;
  return authorMayApprove ? who : `${who}, who is not the author,`;
}
