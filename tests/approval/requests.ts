import type { ApprovalRequest } from "../../src/approval/request.js";
import { Settings } from "../../src/config/settings.js";

/** The default settings for approvals, and what a test changes of them. */
export function approval(more: Partial<ApprovalRequest["settings"]> = {}): ApprovalRequest["settings"] {
  return { ...Settings.parse({}).approval, ...more };
}

/** Anna, who has write access, put the label on a minute after the report on Ben's pull request. */
export function request(more: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    settings: approval(),
    event: event(),
    role: "write",
    author: "ben",
    teams: new Map(),
    report: { at: "2026-11-21T10:00:00Z", digest: "5d".repeat(32) },
    digest: "5d".repeat(32),
    ...more,
  };
}

/** Who put the label on, and when. */
export function event(more: Partial<ApprovalRequest["event"]> = {}): ApprovalRequest["event"] {
  return { login: "anna", type: "User", viaApp: null, at: "2026-11-21T10:01:00Z", ...more };
}
