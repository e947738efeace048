import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { renderComment } from "../../src/reports/comment.js";
import { matrix, tellings } from "./support/tellings.js";

const folder = new URL("../goldens/comment/", import.meta.url);

for (const [story, told] of Object.entries({ ...tellings, matrix })) {
  test(`the comment on ${story} reads as its golden file`, () => {
    const { body } = renderComment(told);
    const file = new URL(`${story}.md`, folder);
    if (process.env["UPDATE_GOLDENS"]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, body);
    }
    expect(body).toBe(readFileSync(file, "utf8"));
  });
}
