import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { renderComment } from "../../src/reports/comment.js";
import { chromiumFlags, chromiumPath, commentPage } from "./support/browser-page.js";
import { matrix, tellings } from "./support/tellings.js";

const isThere = existsSync(chromiumPath);
const withBrowser = isThere || process.env["CI"] ? describe : describe.skip;
if (!isThere) console.warn(`${chromiumPath} is missing: comments are not looked at in a browser`);

/** Runs in the page: what sticks out of it to the right and lies in nothing that scrolls. */
const overflowing = `(() => {
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const isInScroller = (element) => element !== null && (scrolls(element) || isInScroller(element.parentElement));
  const width = document.documentElement.clientWidth;
  return [...document.querySelectorAll("article *")]
    .filter((element) => element.getBoundingClientRect().right > width + 1 && !isInScroller(element))
    .map((element) => element.outerHTML.slice(0, 120));
})()`;

const unfold = `document.querySelectorAll("details").forEach((details) => { details.open = true; })`;

withBrowser("on a phone, 360 pixels wide", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });
  }, 60_000);
  afterAll(() => browser.close());

  async function opened(story: string): Promise<Page> {
    const told = { ...tellings, matrix }[story];
    if (!told) throw new Error(`there is no story ${story}`);
    const page = await browser.newPage({ viewport: { width: 360, height: 800 } });
    await page.setContent(commentPage(renderComment(told).body));
    return page;
  }

  for (const story of ["one-index-lost", "forty-changes", "matrix"]) {
    test(`nothing of ${story} sticks out but what scrolls by itself, folded or unfolded`, async () => {
      const page = await opened(story);
      expect(await page.evaluate(overflowing)).toEqual([]);
      await page.evaluate(unfold);
      expect(await page.locator("details pre").first().isVisible()).toBe(true);
      expect(await page.evaluate(overflowing)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
      await page.close();
    }, 30_000);
  }

  test("what does stick out is found", async () => {
    const page = await opened("clean");
    const wide = `document.querySelector("article").insertAdjacentHTML("beforeend", '<p style="width: 500px">wide</p>')`;
    await page.evaluate(wide);
    expect(await page.evaluate(overflowing)).toEqual([expect.stringContaining("wide")]);
    await page.close();
  }, 30_000);

  test("the verdict, the line that did it and what to do stand on the first screen", async () => {
    const page = await opened("one-index-lost");
    for (const text of ["Blocks merging", "migrations/V012__tidy.sql:7", "What to do:"]) {
      const box = await page.getByText(text, { exact: false }).first().boundingBox();
      expect(box && box.y + box.height).toBeLessThan(640);
    }
    await page.close();
  }, 30_000);
});
