import type { Nodes, RootContent } from "mdast";
import { writeMarkdown } from "./markdown-text.js";

/** How long a text may get. */
export interface Budget {
  readonly utf16Units: number;
  readonly bytes: number;
}

/** What GitHub takes for a comment: it refuses 65,536 characters, and we stay clear of that in bytes as well. */
export const commentBudget: Budget = { utf16Units: 60_000, bytes: 65_000 };

/** A text that fits, and which of the tiers it is. */
export interface Fitted {
  readonly text: string;
  readonly tier: number;
}

/**
 * The first tier whose page fits; the last one is taken as it is and has to fit whatever happens. Never cuts a string:
 * an open fence or `<details>` would swallow what follows. `prefix` is put before the page as it is.
 */
export function firstThatFits<Tier>(
  tiers: readonly Tier[],
  page: (tier: Tier) => readonly RootContent[],
  budget: Budget,
  { prefix = "", from = 0 }: { readonly prefix?: string; readonly from?: number } = {},
): Fitted {
  const last = tiers.length - 1;
  for (let index = Math.min(from, last); ; index++) {
    const children = page(tiers[index] as Tier);
    // Markdown is never shorter than its words, and writing it takes long.
    if (index < last && wordsLength(children) > budget.utf16Units) continue;
    const text = prefix + writeMarkdown(children);
    if (index === last || fits(text, budget)) return { text, tier: index };
  }
}

function fits(text: string, { utf16Units, bytes }: Budget): boolean {
  return text.length <= utf16Units && Buffer.byteLength(text) <= bytes;
}

function wordsLength(nodes: readonly Nodes[]): number {
  let length = 0;
  for (const node of nodes) {
    if ("value" in node) length += node.value.length;
    if ("children" in node) length += wordsLength(node.children);
  }
  return length;
}
