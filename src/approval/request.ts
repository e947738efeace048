import type { ApprovalSettings } from "../config/settings.js";
import type { LabelEvent, Role } from "../github/github.js";
import { whoMay } from "./who-may.js";

/** Somebody put the label on, and everything that decides whether that approves. Nothing is looked up here. */
export interface ApprovalRequest {
  /** The base's. */
  readonly settings: ApprovalSettings;
  readonly event: Pick<LabelEvent, "login" | "type" | "viaApp" | "at">;
  /** Of who put it on, in this repository; an error where GitHub did not say. */
  readonly role: Role | Error;
  /** Login of who opened the pull request. */
  readonly author: string;
  /** For each team of `settings.approvers`, spelt as there: whether the actor is in it, or why that is not known. */
  readonly teams: ReadonlyMap<string, boolean | Error>;
  /** Our report on this very head: when it was complete by the server's clock, and the digest of what it showed. */
  readonly report: { readonly at: string; readonly digest: string } | undefined;
  /** Of what would be approved now. */
  readonly digest: string;
}

/** Whether a label approves. Reasons are one sentence, with names in backquotes and without a full stop. */
export type ApprovalJudgement =
  /** `reason`: by what right, for the record. */
  | { readonly kind: "valid"; readonly reason: string }
  /** `reason`: why not, who may, and what to do next. */
  | { readonly kind: "invalid"; readonly reason: string }
  /** It could not be found out, which is no approval and no refusal: the label stays. */
  | { readonly kind: "unknown"; readonly reason: string };

type Objection = Exclude<ApprovalJudgement, { kind: "valid" }>;

const guards: readonly ((request: ApprovalRequest) => Objection | undefined)[] = [
  objectToMode,
  objectToMachine,
  objectToAuthor,
  objectToRole,
  objectToUnlisted,
  objectToTime,
];

/** Judges a label by every guard. A refusal counts more than what is not known: knowing it would not help. */
export function judgeRequest(request: ApprovalRequest): ApprovalJudgement {
  const objections = guards.flatMap((guard) => guard(request) ?? []);
  return (
    objections.find(({ kind }) => kind === "invalid") ?? objections[0] ?? { kind: "valid", reason: rightOf(request) }
  );
}

function objectToMode({ settings: { mode } }: ApprovalRequest): Objection | undefined {
  switch (mode) {
    case "label":
      return undefined;
    case "codeowners":
      return invalid(
        "labels approve nothing here (`approval.mode: codeowners`): a code owner of the proposed files has to approve the pull request in a review",
      );
    case "off":
      return invalid(
        "nothing can be approved in a pull request here (`approval.mode: off`): take what is worse out of it",
      );
  }
}

function objectToMachine({ event, settings }: ApprovalRequest): Objection | undefined {
  if (event.type !== "User") return invalid(`${name(event)} is not a person: ${again(settings)}`);
  if (event.viaApp === null) return undefined;
  return invalid(`the app \`${event.viaApp}\` put the label on for ${name(event)}: ${again(settings, "by hand")}`);
}

function objectToAuthor({ event, author, settings }: ApprovalRequest): Objection | undefined {
  if (settings.authorMayApprove || !isSame(event.login, author)) return undefined;
  return invalid(`${name(event)} is the author, who may not approve this: ${again(settings)}`);
}

/** Least first. */
const roles: readonly Role[] = ["none", "read", "triage", "write", "maintain", "admin"];

const roleWords: Readonly<Record<Role, string>> = {
  none: "has no access to this repository",
  read: "may only read",
  triage: "may only triage",
  write: "has no more than write access",
  maintain: "has no more than maintain access",
  admin: "is an admin",
};

function objectToRole({ event, role, settings }: ApprovalRequest): Objection | undefined {
  if (role instanceof Error) {
    return { kind: "unknown", reason: `GitHub did not say what ${name(event)} may do here: ${role.message}` };
  }
  // A role that is not in the list is none that may approve.
  if (roles.indexOf(role) >= roles.indexOf(settings.minimumRole)) return undefined;
  return invalid(`${name(event)} ${roleWords[role] ?? "has an unknown role"}: ${again(settings)}`);
}

function objectToUnlisted(request: ApprovalRequest): Objection | undefined {
  const { event, settings, teams } = request;
  if (settings.approvers === undefined || listedAs(request) !== undefined) return undefined;
  const unknown = settings.approvers.filter(isTeam).find((team) => typeof teams.get(team) !== "boolean");
  if (unknown !== undefined) {
    const error = teams.get(unknown);
    const why = error instanceof Error ? `: ${error.message}` : "";
    return { kind: "unknown", reason: `it is not known whether ${name(event)} is in the team \`${unknown}\`${why}` };
  }
  return invalid(`${name(event)} is not one of \`approval.approvers\`: ${again(settings)}`);
}

/** The entry of `approvers` by which the actor may approve. */
function listedAs({ event, settings: { approvers = [] }, teams }: ApprovalRequest): string | undefined {
  return approvers.find((entry) => (isTeam(entry) ? teams.get(entry) === true : isSame(entry, event.login)));
}

function isTeam(approver: string): boolean {
  return approver.includes("/");
}

function objectToTime({ event, report, digest, settings }: ApprovalRequest): Objection | undefined {
  const objection = (what: string) => invalid(`${what}: ${again(settings)}`);
  if (!report) return objection("the label was put on before this commit had a report");
  if (report.digest !== digest) return objection("what the last report showed is no longer what would be approved");
  // Asked this way round, a time that cannot be read is not younger.
  if (instant(event.at) > instant(report.at)) return undefined;
  return objection("the label was put on before the report on this commit was there");
}

/** Milliseconds; not a number where the text is no point in time, such as a local time without its zone. */
function instant(text: string): number {
  return /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
}

function rightOf(request: ApprovalRequest): string {
  const { role } = request;
  const entry = listedAs(request);
  const listed = entry === undefined ? "" : isTeam(entry) ? `, member of ${entry}` : ", listed in approval.approvers";
  // As long as a record can keep.
  return `${role instanceof Error ? "" : role} access${listed}`.slice(0, 300);
}

function again(settings: ApprovalSettings, how = ""): string {
  return `${whoMay(settings)} has to put the label on${how ? ` ${how}` : ""} after this report`;
}

function name({ login }: Pick<LabelEvent, "login">): string {
  return `\`${login}\``;
}

/** Logins on GitHub are the same in any case. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function invalid(reason: string): Objection {
  return { kind: "invalid", reason };
}
