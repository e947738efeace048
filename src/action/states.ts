import * as core from "@actions/core";
import * as z from "zod";

/** What a check run is completed with. */
const Verdict = z.object({ conclusion: z.enum(["success", "neutral", "failure"]), title: z.string() });
export type ToldVerdict = Readonly<z.infer<typeof Verdict>>;

/** What the main step leaves for the post step, which runs even where the main step was killed. */
const names = { checkRun: "check-run", verdict: "verdict", failure: "failure" } as const;

/** Id of the check run that is in progress; 0 once it needs nothing more. */
export function keepCheckRun(id: number): void {
  core.saveState(names.checkRun, id);
}

/** The verdict, before it is told. */
export function keepVerdict(verdict: ToldVerdict): void {
  core.saveState(names.verdict, JSON.stringify(verdict));
}

/** Why there is no verdict. */
export function keepFailure(reason: string): void {
  core.saveState(names.failure, reason);
}

/** What the main step left: how far did it get? */
export function readStates(): {
  readonly checkRun: number | undefined;
  readonly verdict: ToldVerdict | undefined;
  readonly failure: string;
} {
  const id = Number(core.getState(names.checkRun));
  const kept = core.getState(names.verdict);
  return {
    checkRun: Number.isSafeInteger(id) && id > 0 ? id : undefined,
    verdict: kept === "" ? undefined : Verdict.parse(JSON.parse(kept)),
    failure: core.getState(names.failure),
  };
}
