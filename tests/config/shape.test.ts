import * as z from "zod";
import { checkShape, readYaml } from "../../src/config/yaml.js";
import { PlanGateError } from "../../src/errors.js";

const Schema = z.strictObject({
  name: z.string().optional(),
  size: z.int().min(1).max(9).optional(),
  color: z.enum(["red", "green"]).optional(),
  inner: z.strictObject({ version: z.number(), flag: z.boolean().optional() }).optional(),
  level: z.union([z.enum(["low", "high"]), z.strictObject({ threshold: z.number().optional() })]).optional(),
  items: z.array(z.string()).min(1).optional(),
  names: z
    .record(z.string().regex(/^[a-z]+$/, { error: "must be lower case" }), z.union([z.string(), z.number()]))
    .optional(),
});

function complaint(text: string): PlanGateError {
  try {
    checkShape(Schema, readYaml(text, { file: "f.yml" }), "settings-invalid");
  } catch (error) {
    if (error instanceof PlanGateError) return error;
    throw error;
  }
  throw new Error(`nothing was wrong with ${text}`);
}

test("what fits comes back as the schema makes it", () => {
  const schema = z.strictObject({ a: z.coerce.string().default("x") });
  expect(checkShape(schema, readYaml("", { file: "f.yml" }), "settings-invalid")).toEqual({ a: "x" });
});

test.each([
  { text: "nmae: x", says: "unknown key `nmae`: did you mean `name`?" },
  { text: "COLOR: red", says: "unknown key `COLOR`: did you mean `color`?" },
  { text: "inner: {verison: 1, version: 1}", says: "unknown key `inner.verison`: did you mean `version`?" },
  { text: "version: 1", says: "unknown key `version`: did you mean `inner.version`?" },
  { text: "inner: {version: 1, elephant: 2}", says: "unknown key `inner.elephant`: there are `version` and `flag`" },
  { text: "name: 1", says: "`name` must be text, not `1`" },
  { text: "name:", says: "`name` must be text, not empty" },
  { text: "size: 1.5", says: "`size` must be a whole number, not `1.5`" },
  { text: "size: 0", says: "`size` must be at least 1, not `0`" },
  { text: "size: 10", says: "`size` must be at most 9, not `10`" },
  { text: "color: blue", says: "`color` must be one of `red` or `green`, not `blue`" },
  { text: "inner: 5", says: "`inner` must be a mapping (`key: value`), not `5`" },
  { text: "inner: {}", says: "`inner.version` is missing" },
  { text: "inner: {version: 1, flag: maybe}", says: "`inner.flag` must be true or false, not `maybe`" },
  { text: "items: []", says: "`items` must not be empty" },
  { text: "items: [a, {b: c}]", says: "`items[1]` must be text, not a mapping" },
  { text: "names: {Ab: x}", says: "`names.Ab` must be lower case" },
  { text: "names: {ab: [1]}", says: "`names.ab` must be text, or a number, not a list" },
  { text: "level: 5", says: "`level` must be one of `low` or `high`, or a mapping (`key: value`), not `5`" },
  { text: "level: {threshold: x}", says: "`level.threshold` must be a number, not `x`" },
  { text: "level: {treshold: 1}", says: "unknown key `level.treshold`: did you mean `threshold`?" },
])("$text: $says", ({ text, says }) => {
  const { message, place, hint } = complaint(text);
  expect(message).toBe(says);
  expect(place).toEqual({ file: "f.yml", line: 1 });
  expect(hint).toMatch(/^[A-Z].*\.$/);
});

test("several flaws come in the file's order, the first one as the message, the others with their lines", () => {
  const { message, place } = complaint("name: x\nsize: big\nsize2: 1\ncolor: blue\n");
  expect(place).toEqual({ file: "f.yml", line: 2 });
  expect(message.split("\n")).toEqual([
    "`size` must be a number, not `big`",
    "also line 3: unknown key `size2`: did you mean `size`?",
    "also line 4: `color` must be one of `red` or `green`, not `blue`",
  ]);
});

test("very many flaws are cut, and the cut is said", () => {
  const keys = Array.from({ length: 30 }, (_, at) => `elephant${at}: 1`);
  const lines = complaint(keys.join("\n")).message.split("\n");
  expect(lines).toHaveLength(9);
  expect(lines.at(-1)).toBe("and 22 more");
});

test("a long value is shortened", () => {
  expect(complaint(`size: ${"x".repeat(200)}`).message.length).toBeLessThan(100);
});
