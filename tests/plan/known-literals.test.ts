import { knowing } from "../../src/plan/known-literals.js";

test.each([
  ["the same text", "abc", "abc"],
  ["a negative number, whose sign is an operator in SQL", "5", "-5"],
  ["digits in groups", "1_000", "1000"],
  ["a number with an exponent", "1e3", "1000"],
  ["a hexadecimal number", "0x1F", "31"],
  ["a fraction without its zero", ".5", "0.5"],
  ["a date with midnight", "2026-01-01", "2026-01-01 00:00:00+00"],
  ["a timestamp with PostgreSQL's space", "2026-01-01T10:00:00Z", "2026-01-01 10:00:00+00"],
  ["a timestamp of another zone", "2026-01-01 12:30:00+02:00", "2026-01-01 10:30:00+00"],
  ["microseconds", "2026-01-01 10:00:00.123450", "2026-01-01 10:00:00.12345"],
  ["jsonb with its keys in order", '{"b":1, "a":"x y"}', '{"a": "x y", "b": 1}'],
])("%s is known", (_, written, printed) => {
  expect(knowing(new Set([written]))(printed)).toBe(true);
});

test("an array is known by its elements", () => {
  const isKnown = knowing(new Set(["1", "2", "b c", 'say "hi"']));
  expect(isKnown("{1,2}")).toBe(true);
  expect(isKnown('{"b c",NULL}')).toBe(true);
  expect(isKnown(String.raw`{{1,2},{"say \"hi\"",2}}`)).toBe(true);
  expect(isKnown("{1,2,3}")).toBe(false);
});

test.each([
  ["another text", "abc", "abd"],
  ["another fraction of a second", "2026-01-01 10:00:00.1", "2026-01-01 10:00:00.2"],
  ["another zone's hour", "2026-01-01 10:00:00+02", "2026-01-01 10:00:00+00"],
  ["a longer number", "1", "10"],
  ["another precision", "1.5", "1.50"],
  ["jsonb with another value", '{"a": 1}', '{"a": 2}'],
  ["no date", "2026-99-99", "2026-01-01"],
])("%s is not known", (_, written, printed) => {
  expect(knowing(new Set([written]))(printed)).toBe(false);
});

test("an empty text says nothing about anybody", () => {
  expect(knowing(new Set())("")).toBe(true);
  expect(knowing(new Set())("{}")).toBe(true);
});
