import { readHeader } from "../../src/queries/header.js";

const read = (yaml: string) => readHeader({ yaml, line: 3 }, "queries/orders.sql");

test("expectations are read, a single name as a list of one", () => {
  const { expect: stated } = read(`name: recent
expect:
  usesIndex: orders_at_idx
  neverReadsWhole: [orders, public.items]
  maxBlocks: 40
  maxRowsRead: 50
  maxCost: 12.5
  maxPartitions: 1
`);
  expect(stated).toEqual({
    usesIndex: ["orders_at_idx"],
    neverReadsWhole: ["orders", "public.items"],
    ...{ maxBlocks: 40, maxRowsRead: 50, maxCost: 12.5, maxPartitions: 1 },
  });
});

test("a header without expectations has none", () => {
  expect(read("name: recent")).not.toHaveProperty("expect");
});

test.each([
  ["expect:\n  maxBlock: 40", 4, /maxBlock/],
  ["expect: { maxBlocks: -1 }", 3, /maxBlocks/],
  ["expect: { maxBlocks: 1.5 }", 3, /maxBlocks/],
  ["expect:\n  maxCost: 10\n  usesIndex: []", 5, /usesIndex/],
  ["expect: {}", 3, /must state something/],
  ["expect: fast", 3, /expect/],
])("%j is an error with its line", (yaml, line, message) => {
  expect(() => read(yaml)).toThrow(
    expect.objectContaining({
      code: "query-invalid",
      message: expect.stringMatching(message),
      place: { file: "queries/orders.sql", line },
    }),
  );
});
