import fc from "fast-check";
import { inShard, parseShard } from "../../src/evaluation/select.js";

test("a shard is one number of another", () => {
  expect(parseShard("2/4")).toEqual({ index: 2, of: 4 });
  expect(parseShard(" 1 / 1 ")).toEqual({ index: 1, of: 1 });
});

test.each(["", "2", "0/4", "5/4", "2/0", "-1/4", "1.5/4", "2/4/6", "a/b", "1/1001", "01/4", "1e0/4"])(
  "the shard `%s` is refused",
  (text) => {
    expect(() => parseShard(text)).toThrow(
      expect.objectContaining({ code: "settings-invalid", message: expect.stringContaining(`\`${text}\``) }),
    );
  },
);

test("every query is in exactly one shard", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), (name, of) => {
      const shards = Array.from({ length: of }, (_, position) => ({ index: position + 1, of }));
      expect(shards.filter((shard) => inShard(name, shard))).toHaveLength(1);
    }),
  );
});

test("shards are of about the same size, and a query keeps its shard", () => {
  const names = Array.from({ length: 4_000 }, (_, index) => `orders/query-${index}`);
  for (const index of [1, 2, 3, 4]) {
    const share = names.filter((name) => inShard(name, { index, of: 4 })).length;
    expect(share).toBeGreaterThan(900);
    expect(share).toBeLessThan(1_100);
  }
  const kept = ["orders/open", "users", "billing/invoices-of-day"].map((name) =>
    [1, 2, 3, 4].find((index) => inShard(name, { index, of: 4 })),
  );
  expect(kept).toEqual([4, 3, 2]);
});
