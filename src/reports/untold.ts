import { list, own, paragraph, prose, strong, writeMarkdown } from "./markdown-text.js";

/** For the end of a step summary: what GitHub did not say or take. Empty where that is nothing. */
export function renderUntold(misses: readonly string[]): string {
  if (misses.length === 0) return "";
  const heading = paragraph(strong(own("What GitHub did not say or take. It changes no verdict.")));
  return `\n${writeMarkdown([heading, list(misses.map(prose))])}`;
}
