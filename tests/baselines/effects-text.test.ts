import fc from "fast-check";
import { readEffects, writeEffects } from "../../src/baselines/effects-text.js";
import { effect } from "../support/effects.js";

test("effects are written a line a table, without figures that are 0", () => {
  const effects = [
    effect("order items", { seqScans: 2, rowsReadBySeqScans: 300 }),
    effect("orders", { indexScans: 1, rowsReadByIndexScans: 0, inserted: 1, updated: 2, deleted: 3 }),
  ];
  const text = `public."order items": seq scans=2 rows=300
public.orders: index scans=1 rows=0, inserted=1, updated=2, deleted=3
`;
  expect(writeEffects(effects)).toBe(text);
  expect(readEffects(text)).toEqual(effects);
});

test("what is written is read again, whatever tables are called", () => {
  const figure = fc.oneof(fc.nat(), fc.constantFrom(1.23e21, 1e7, 0));
  const name = fc.string({ unit: "grapheme", minLength: 1 }).map((text) => text.replace(/[\s\p{Cc}]+/gu, " "));
  const figures = fc.record({
    ...{ seqScans: figure, rowsReadBySeqScans: figure, indexScans: figure, rowsReadByIndexScans: figure },
    ...{ inserted: figure, updated: figure, deleted: figure },
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(name, name, figures), { maxLength: 4 }), (tables) => {
      const effects = tables.map(([schema, table, one]) => ({
        ...effect(table, one),
        relation: { schema, name: table },
      }));
      expect(readEffects(writeEffects(effects))).toEqual(effects);
    }),
  );
});

test.each([
  ["", "public.orders: rows=1"],
  ["", "orders: deleted=1"],
  ["public.a: deleted=1\n", "public.orders: deleted=many"],
])("a line that says nothing of a table is an error that names it", (before, line) => {
  const at = before === "" ? 0 : 1;
  expect(() => readEffects(`${before}${line}\n`)).toThrow(expect.objectContaining({ line: at }));
});
