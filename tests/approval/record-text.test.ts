import { createHash } from "node:crypto";
import { brotliCompressSync } from "node:zlib";
import fc from "fast-check";
import { readRecord, writeRecord } from "../../src/approval/record-text.js";
import { PlanGateError } from "../../src/errors.js";
import { hostileText } from "../support/hostile-verdict.js";
import { record } from "./records.js";

const pack = (value: unknown) =>
  `<!-- plan-gate approval 1: ${brotliCompressSync(typeof value === "string" ? value : JSON.stringify(value)).toString("base64")} -->`;

function files(number: number) {
  return Array.from({ length: number }, (_, index) => ({
    path: `baselines/pg17/reports/by-tenant-${index}.yml`,
    blob: createHash("sha1").update(`${index}`).digest("hex"),
  }));
}

test("a record can be read back, and people can read which files it accepts", () => {
  const written = writeRecord(record({ files: [...record().files, { path: "queries/gone.sql", blob: null }] }));
  expect(readRecord(written.text)?.files).toHaveLength(2);
  expect(written.title).toBe("Approved by anna");
  expect(written.summary).toBe("Accepts 2 files in just this version (write access). Taking the label off revokes it.");
  expect(written.text.split("\n").slice(2)).toEqual([
    "```text",
    '"baselines/pg17/orders.yml" 9d9d9d9d9d9d',
    '"queries/gone.sql" deleted',
    "```",
  ]);
});

test("whatever the files are called, the record comes back, and the list is plain text in one block", () => {
  fc.assert(
    fc.property(fc.array(hostileText, { minLength: 1, maxLength: 5 }), (paths) => {
      const written = record({
        files: paths.map((path) => ({ path: path.toWellFormed().slice(0, 1_000).toWellFormed(), blob: null })),
      });
      const { text } = writeRecord(written);
      expect(readRecord(text)).toEqual(written);
      const [memo = "", empty, fence, ...lines] = text.split("\n");
      expect([memo.startsWith("<!-- "), empty, fence, lines.at(-1)]).toEqual([true, "", "```text", "```"]);
      for (const line of lines.slice(0, -1)) expect(line).toMatch(/^"[ -;=?-_a-~]*" deleted$/);
    }),
  );
});

test("fifteen hundred files fit into a check run's text, and what does not fit is refused in words", () => {
  const { text } = writeRecord(record({ files: files(1_500) }));
  expect(text.length).toBeLessThan(65_535);
  expect(readRecord(text)?.files).toHaveLength(1_500);
  expect(() => writeRecord(record({ files: files(10_000) }))).toThrow(PlanGateError);
  expect(() => writeRecord(record({ files: [{ path: "a".repeat(2_000), blob: null }] }))).toThrow(PlanGateError);
});

test("a record that we would have to have made up ourselves is a bug, not a refusal", () => {
  expect(() => writeRecord(record({ digest: "short" }))).toThrow(
    expect.not.objectContaining({ name: "PlanGateError" }),
  );
});

test.each([
  ["nothing", ""],
  ["words", "Approved."],
  ["a record behind other text", `Hello\n${writeRecord(record()).text}`],
  ["a record without its end", writeRecord(record()).text.slice(0, 60)],
  ["what is not packed", "<!-- plan-gate approval 1: AAAA -->"],
  ["what is no JSON", pack("{")],
  ["another version", pack({ ...record(), version: 2 })],
  ["another key", pack({ ...record(), admin: true })],
  ["no digest", pack({ ...record(), digest: undefined })],
  ["a short blob", pack({ ...record(), files: [{ path: "a", blob: "1" }] })],
  ["an event below zero", pack({ ...record(), event: -1 })],
  ["too many files", pack({ ...record(), files: files(10_001) })],
  ["a bomb", pack(`${JSON.stringify(record())}${" ".repeat(30_000_000)}`)],
  [
    "invalid UTF-8",
    pack("x").replace(/1: .* -->/, `1: ${brotliCompressSync(Buffer.from([0xff])).toString("base64")} -->`),
  ],
])("%s is no record", (_, text) => {
  expect(readRecord(text)).toBeUndefined();
});
