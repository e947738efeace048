import { sweepLeftovers } from "../database/start.js";
import { type CheckRunChange, GitHubError } from "../github/github.js";
import { code, paragraph, writeMarkdown } from "../reports/markdown-text.js";
import { openGitHub } from "./connect.js";
import { type ActionLog, openLog } from "./log.js";
import { readStates } from "./states.js";

/**
 * After a step that was cancelled or killed: removes its server, and completes the check run that it left open. Whatever
 * fails here is said in the log: it must not make a red job of a green one.
 */
export async function cleanUp(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const log = openLog((text) => process.stdout.write(text));
  try {
    await sweepLeftovers({ env, progress: (text) => log.foreign(text) });
    await completeCheckRun(env, log);
  } catch (error) {
    const isKnown = error instanceof GitHubError || (error instanceof Error && error.name === "TimeoutError");
    const words = error instanceof Error ? ((isKnown ? undefined : error.stack) ?? error.message) : String(error);
    log.foreign(`could not clean up after the step: ${words}`);
  }
}

async function completeCheckRun(env: Readonly<Record<string, string | undefined>>, log: ActionLog): Promise<void> {
  const { checkRun } = readStates();
  if (checkRun === undefined) return;
  const github = openGitHub({ env, log, signal: AbortSignal.timeout(30_000) });
  // The main step may have been killed between telling and leaving word of it.
  if ((await github.checkRun(checkRun))?.status !== "in_progress") return;
  await github.updateCheckRun(checkRun, { status: "completed", ...lastWords() });
  log.line("completed the check run that was left in progress");
}

function lastWords(): CheckRunChange {
  const { verdict, failure } = readStates();
  if (verdict)
    return { ...verdict, summary: "The details could not be told here: the job's log and summary have them." };
  const words = "The run ended before it had a verdict, so this says nothing about the plans. Run the job again.";
  return failure === ""
    ? { conclusion: "failure", title: "plan-gate could not run: it was cancelled or ended by force", summary: words }
    : {
        conclusion: "failure",
        title: "plan-gate could not run",
        summary: `${writeMarkdown([paragraph(code(failure, 1_000))])}\n${words}`,
      };
}
