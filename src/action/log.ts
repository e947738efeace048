import { randomUUID } from "node:crypto";
import * as core from "@actions/core";
import { oneLine, visibleLine } from "../reports/foreign-text.js";

/** The step's log. Own words may be commands to the runner; foreign text never is. */
export interface ActionLog {
  /** A line of our own words. */
  line(text: string): void;
  /** Text that holds foreign words: shown, never obeyed. Each of its lines becomes one visible line. */
  foreign(text: string): void;
  /** Opens a group, closing the one before it. */
  group(name: string): void;
  endGroup(): void;
  /** Shown above the log and on the run's page. */
  notice(text: string): void;
  warning(text: string): void;
  error(text: string): void;
  /** What GitHub did not say or take: a notice now, and kept for the end of the step summary. */
  missed(text: string): void;
  /** Each text once. */
  readonly misses: readonly string[];
}

/** Writes for GitHub's runner, which takes lines with `::` or `##[` for commands. */
export function openLog(write: (text: string) => void): ActionLog {
  let grouped = false;
  const misses = new Set<string>();
  const endGroup = () => {
    if (grouped) core.endGroup();
    grouped = false;
  };
  const title = "plan-gate";
  const notice = (text: string) => core.notice(visibleLines(text), { title });
  return {
    line: (text) => write(`${text}\n`),
    foreign(text) {
      const lines = text.replace(/\n$/, "").split("\n").map(visibleLine);
      // Nobody who chose the text could know the word that ends this.
      const word = randomUUID();
      write(`::stop-commands::${word}\n${lines.join("\n")}\n::${word}::\n`);
    },
    group(name) {
      endGroup();
      core.startGroup(oneLine(name));
      grouped = true;
    },
    endGroup,
    notice,
    warning: (text) => core.warning(visibleLines(text), { title }),
    error: (text) => core.error(visibleLines(text), { title }),
    missed(text) {
      if (!misses.has(text)) notice(text);
      misses.add(text);
    },
    get misses() {
      return [...misses];
    },
  };
}

function visibleLines(text: string): string {
  return text.split("\n").map(visibleLine).join("\n");
}
