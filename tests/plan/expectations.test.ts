import { type Expectations, isNoLooser } from "../../src/plan/expectations.js";

const stated: Expectations = { usesIndex: ["a"], neverReadsWhole: ["t"], maxBlocks: 10, maxCost: 5 };

test.each<[string, Expectations]>([
  ["the same", stated],
  ["another index", { ...stated, usesIndex: ["b", "a"] }],
  ["one more table", { ...stated, neverReadsWhole: ["t", "u"] }],
  ["a lower figure", { ...stated, maxBlocks: 9 }],
  ["one more figure", { ...stated, maxRowsRead: 1 }],
])("%s asks for no less", (_, after) => {
  expect(isNoLooser(after, stated)).toBe(true);
});

test.each<[string, Expectations]>([
  ["nothing", {}],
  ["another index instead", { ...stated, usesIndex: ["b"] }],
  ["no table", { usesIndex: ["a"], maxBlocks: 10, maxCost: 5 }],
  ["a higher figure", { ...stated, maxBlocks: 11 }],
  ["a figure less", { usesIndex: ["a"], neverReadsWhole: ["t"], maxBlocks: 10 }],
])("%s asks for less", (_, after) => {
  expect(isNoLooser(after, stated)).toBe(false);
});
