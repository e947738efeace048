import type { GitHub, Issue } from "./github/github.js";
import { type Appended, appendHistory, recentHistory } from "./history/append.js";
import { carryOut, readIssues } from "./nightly/carry-out.js";
import { renderNight } from "./nightly/night-text.js";
import { planIssues } from "./nightly/plan-issues.js";
import { type NightStory, storyOf } from "./nightly/story.js";
import { nightEntries, type Tonight } from "./nightly/tonight.js";

/** What telling a night needs. */
export interface NightTelling {
  readonly github: Pick<
    GitHub,
    | "repository"
    | "serverUrl"
    | "appendToFile"
    | "readFile"
    | "ownIssues"
    | "createIssue"
    | "updateIssue"
    | "createComment"
    | "createLabel"
  >;
  /** The run's page. */
  readonly runUrl: string;
  /** Whether drift ends the run with 1. */
  readonly failOnDrift: boolean;
  /** Writes the history's lines where the workflow can upload them, and says where that is. */
  readonly keep: (lines: string) => Promise<string>;
  /** One line for the log. */
  readonly tell: (line: string) => void;
}

/** What a night came to. */
export interface NightResult {
  /** 0 also with drift, unless that is to fail; 2 where not everything could be judged. */
  readonly exitCode: 0 | 1 | 2;
  readonly story: NightStory;
  /** Issues that were opened or updated. */
  readonly issues: readonly Issue[];
  readonly history: Appended;
  /** The night as markdown, for the step summary. */
  readonly summary: string;
}

/** Brings issues and history to the night's state. Telling that fails is said in the log and changes no exit code. */
export async function tellNight(tonight: Tonight, telling: NightTelling): Promise<NightResult> {
  const { github, tell, keep, runUrl } = telling;
  const { repository, serverUrl } = github;
  const before = await recentHistory(github, tonight.at, tell);
  const story = storyOf(tonight, before, { runUrl, repository, serverUrl });
  const known = await readIssues(github, tell);
  const issues = known ? await carryOut(github, planIssues(story, known), tell) : [];
  const history = await appendHistory(github, { entries: nightEntries(tonight), keep, tell });
  return {
    exitCode: exitCodeOf(story, telling),
    story,
    issues,
    history,
    summary: renderNight(story, issues),
  };
}

function exitCodeOf({ failures, drifts }: NightStory, { failOnDrift }: NightTelling): NightResult["exitCode"] {
  if (failures.length > 0) return 2;
  return drifts.length > 0 && failOnDrift ? 1 : 0;
}
