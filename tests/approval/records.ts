import type { ApprovalRecord } from "../../src/approval/record.js";

/** What Anna accepted in pull request 7. */
export function record(more: Partial<ApprovalRecord> = {}): ApprovalRecord {
  return {
    version: 1,
    pullRequest: 7,
    head: "a".repeat(40),
    approver: "anna",
    event: 4_711,
    at: "2026-11-21T10:01:00Z",
    reason: "write access",
    digest: "5d".repeat(32),
    files: [{ path: "baselines/pg17/orders.yml", blob: "9d".repeat(20) }],
    ...more,
  };
}
