// Takes pictures of the golden comments as GitHub would show them, on a phone and on a desk.
// Usage: node scripts/render-comments.mjs <folder>

import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { chromiumFlags, chromiumPath, commentPage } from "../tests/reports/support/browser-page.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node scripts/render-comments.mjs <folder>");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const goldens = new URL("../tests/goldens/comment/", import.meta.url);
const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });
try {
  for (const file of readdirSync(goldens)) {
    const html = commentPage(readFileSync(new URL(file, goldens), "utf8"));
    for (const width of [360, 900]) {
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      await page.setContent(html);
      await page.screenshot({ path: join(folder, `${file.replace(/\.md$/, "")}-${width}.png`), fullPage: true });
      await page.close();
    }
  }
} finally {
  await browser.close();
}
