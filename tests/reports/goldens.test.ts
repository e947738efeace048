import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { reports } from "../../src/reports/index.js";
import { stories } from "../support/verdicts.js";

const extensions = { terminal: "txt", json: "json", markdown: "md", sarif: "sarif", junit: "xml" } as const;
const folder = new URL("../goldens/", import.meta.url);

for (const report of reports) {
  for (const [story, verdict] of Object.entries(stories)) {
    test(`the ${report.id} report of ${story} reads as its golden file`, () => {
      const text = report.render(verdict, { color: false, width: 80, verbose: false });
      const file = new URL(`${report.id}/${story}.${extensions[report.id]}`, folder);
      if (process.env["UPDATE_GOLDENS"]) {
        mkdirSync(new URL(".", file), { recursive: true });
        writeFileSync(file, text);
      }
      expect(text).toBe(readFileSync(file, "utf8"));
    });
  }
}
