import fc from "fast-check";
import { carryOver, covers, coversProposal, neededFiles } from "../../src/approval/coverage.js";
import type { FileVersion } from "../../src/evaluation/evaluation.js";
import { proposal } from "../evaluation/sets.js";
import { record } from "./records.js";

const one: FileVersion = { path: "baselines/pg17/a.yml", blob: "1".repeat(40) };
const other: FileVersion = { path: "baselines/pg17/b.yml", blob: "2".repeat(40) };
const gone: FileVersion = { path: "queries/c.sql", blob: null };

test("an approval needs the files of what counts once approved, each once and sorted", () => {
  const proposals = [
    proposal({ files: [other, one] }),
    proposal({ kind: "removal", files: [gone, one] }),
    proposal({ counts: "freely", files: [{ path: "free.yml", blob: "3".repeat(40) }] }),
    proposal({ counts: "never", files: [{ path: "lie.yml", blob: "4".repeat(40) }] }),
  ];
  expect(neededFiles(proposals)).toEqual([one, other, gone]);
});

test("another blob, another path and a deletion are other things than what was accepted", () => {
  const accepted = { files: [one, gone] };
  expect(covers(accepted, [one, gone])).toBe(true);
  expect(covers(accepted, [{ ...one, blob: other.blob }])).toBe(false);
  expect(covers(accepted, [{ ...one, path: other.path }])).toBe(false);
  expect(covers(accepted, [{ ...one, blob: null }])).toBe(false);
  expect(covers(accepted, [{ ...gone, blob: one.blob }])).toBe(false);
});

test("a proposal is covered as a whole or not at all, and never where it can never count or names no file", () => {
  const accepted = { files: [one, other] };
  expect(coversProposal(accepted, proposal({ files: [one, other] }))).toBe(true);
  expect(coversProposal(accepted, proposal({ files: [one, gone] }))).toBe(false);
  expect(coversProposal(accepted, proposal({ files: [one], counts: "never" }))).toBe(false);
  expect(coversProposal(accepted, proposal({ files: [] }))).toBe(false);
});

describe("a record", () => {
  const present = { pullRequest: 7, event: 4_711, needed: [one] };

  test("stays in force on a later head whose files are the same, and when fewer are needed", () => {
    expect(carryOver(record({ files: [one, other] }), present)).toEqual({ kind: "in force" });
    expect(carryOver(record({ files: [one] }), { ...present, needed: [] })).toEqual({ kind: "in force" });
  });

  test.each([
    ["it is of another pull request", { pullRequest: 8 }, /another pull request/],
    ["the label is off", { event: undefined }, /taken off$/],
    ["the label was taken off and put on again", { event: 4_712 }, /put on again since/],
    ["an accepted file was changed", { needed: [{ ...one, blob: other.blob }] }, /has changed since/],
    ["something else has to be approved as well", { needed: [one, other] }, /more has to be approved/],
  ])("is void when %s", (_, change, reason) => {
    const carried = carryOver(record({ files: [one] }), { ...present, ...change });
    expect(carried).toEqual({ kind: "void", reason: expect.stringMatching(reason) });
  });
});

const version = fc.record({
  path: fc.constantFrom("a", "b", "c"),
  blob: fc.constantFrom(null, "1".repeat(40), "2".repeat(40)),
});

test("more accepted files never cover less, and fewer needed ones are never covered less", () => {
  fc.assert(
    fc.property(fc.array(version), fc.array(version), version, (files, needed, more) => {
      const covered = covers({ files }, needed);
      expect(covers({ files: [...files, more] }, needed) || !covered).toBe(true);
      expect(covers({ files }, needed.slice(1)) || !covered).toBe(true);
      expect(covers({ files: needed }, needed)).toBe(true);
    }),
  );
});
