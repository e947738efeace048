import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** Where Debian and GitHub's runners keep it. */
export const chromiumPath = "/usr/bin/chromium";

/** No sandbox in a container, and nothing that asks the network. */
export const chromiumFlags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Markdown as GitHub's own reading of it; tags that we write ourselves stay tags. */
export function markdownToHtml(markdown: string): string {
  return micromark(markdown, "utf8", {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
}

/** A comment as GitHub's page shows it: its box, its style sheet, a phone's margins. */
export function commentPage(markdown: string): string {
  const css = readFileSync(
    createRequire(import.meta.url).resolve("github-markdown-css/github-markdown-light.css"),
    "utf8",
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>${css}
body { margin: 8px; background: #fff; }
.box { border: 1px solid #d1d9e0; border-radius: 6px; padding: 16px; }
.markdown-body { font-size: 14px; }
</style></head><body><div class="box"><article class="markdown-body">${markdownToHtml(markdown)}</article></div></body></html>`;
}
