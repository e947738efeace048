import { type CatalogObject, identityOf } from "../../src/cause/identity.js";

const table = (oid: string, name: string, schema = "public"): CatalogObject => ({
  oid,
  kind: "relation",
  schema,
  name,
  definition: "",
});
const index = (oid: string, name: string, definition: string): CatalogObject => ({
  oid,
  kind: "index",
  schema: "public",
  name,
  definition,
});
const maps = (before: readonly CatalogObject[], after: readonly CatalogObject[]) => {
  const { relations, indexes } = identityOf(before, after);
  return [Object.fromEntries(relations), Object.fromEntries(indexes)];
};

test("an OID outlives a new name and a new schema", () => {
  const before = [table("1", "orders"), table("2", "items"), index("3", "orders_idx", "1 btree (a)")];
  const after = [table("1", "purchases"), table("2", "items", "shop"), index("3", "purchases_idx", "1 btree (a)")];
  expect(maps(before, after)).toEqual([
    { "public.orders": "public.purchases", "public.items": "shop.items" },
    { orders_idx: "purchases_idx" },
  ]);
});

test("an index that was rebuilt is the one of the same definition, and only if its name is gone", () => {
  const old = index("3", "a_idx", "1 btree (a)");
  expect(maps([old], [index("4", "b_idx", "1 btree (a)")])).toEqual([{}, { a_idx: "b_idx" }]);
  expect(maps([old], [index("4", "b_idx", "1 btree (b)")])).toEqual([{}, {}]);
  expect(maps([old], [index("4", "b_idx", "2 btree (a)")])).toEqual([{}, {}]);
  expect(maps([old], [index("4", "b_idx", "1 btree (a)"), index("5", "a_idx", "1 btree (b)")])).toEqual([{}, {}]);
  // One that was there before is another index.
  const twin = index("4", "b_idx", "1 btree (a)");
  expect(maps([old, twin], [twin])).toEqual([{}, {}]);
});

test("a table that took a gone one's name is called the same", () => {
  expect(maps([table("1", "orders")], [table("9", "orders")])).toEqual([{}, {}]);
});
