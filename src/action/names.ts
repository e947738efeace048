/** What plan-gate calls itself on GitHub. The job is `plan-gate`; these are others, so that none is mistaken for it. */
export const names = {
  /** Check run with the annotations; its text holds what was evaluated. */
  report: "plan-gate report",
  /** Check run that keeps what a label accepted. */
  approval: "plan-gate approval",
  /** Commit status, for forks and bots' commits. */
  status: "plan-gate/verdict",
} as const;

const format = /^plan-gate\/1 ([0-9a-f]{64}) ([0-9a-f]{64})(?: (\d{1,15}))?$/;

/** What a report's check run says of itself: what was evaluated, and what was shown of it. */
export interface ReportId {
  readonly key: string;
  readonly digest: string;
  /** The run that evaluated, where another one tells. */
  readonly evaluatedBy?: number | undefined;
}

/** For the check run's external id, which only who wrote it can set. */
export function writeReportId({ key, digest, evaluatedBy }: ReportId): string {
  return `plan-gate/1 ${key} ${digest}${evaluatedBy === undefined ? "" : ` ${evaluatedBy}`}`;
}

export function readReportId(externalId: string): ReportId | undefined {
  const [, key, digest, run] = format.exec(externalId) ?? [];
  if (key === undefined || digest === undefined) return undefined;
  return { key, digest, ...(run === undefined ? {} : { evaluatedBy: Number(run) }) };
}
