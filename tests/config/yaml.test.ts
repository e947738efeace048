import { readYaml } from "../../src/config/yaml.js";
import { PlanGateError } from "../../src/errors.js";

const read = (text: string) => readYaml(text, { file: "some.yml" }).value;

function refusal(run: () => unknown): PlanGateError {
  try {
    run();
  } catch (error) {
    if (error instanceof PlanGateError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("scalars", () => {
  test("are read as YAML 1.2's core types", () => {
    expect(read("a: 1\nb: 1.10\nc: true\nd: off\ne: 2026-01-01\nf:\ng: '1'\nh: ~")).toEqual({
      a: 1,
      b: 1.1,
      c: true,
      d: "off",
      e: "2026-01-01",
      f: null,
      g: "1",
      h: null,
    });
  });

  test("keep every digit where text is asked for", () => {
    const text = 'a: [12345678901234567890, 1.10, 2026-01-01, 0x1F, true, "x", null, ~, NULL, "null", ]\nb:';
    expect(readYaml(text, { file: "q.sql" }, { scalars: "text" }).value).toEqual({
      a: ["12345678901234567890", "1.10", "2026-01-01", "0x1F", "true", "x", null, null, null, "null"],
      b: null,
    });
  });

  test("can be text in one part of a document and typed in another", () => {
    const scalars = ([top]: readonly (string | number)[]) => (top === "cases" ? ("text" as const) : ("typed" as const));
    expect(readYaml("cases: {a: [1.10]}\nmax: 1.10", { file: "q.sql" }, { scalars }).value).toEqual({
      cases: { a: ["1.10"] },
      max: 1.1,
    });
  });
});

describe("places", () => {
  const text = "a:\n  b:\n    - 1\n    - x: |\n        text\n      y:\nq: &z\n  k: 1\nr: *z\n";
  const document = readYaml(text, { file: "dir/some.yml", line: 10 });

  test.each([
    { path: [], line: 10 },
    { path: ["a"], line: 10 },
    { path: ["a", "b"], line: 11 },
    { path: ["a", "b", 0], line: 12 },
    { path: ["a", "b", 1, "x"], line: 13 },
    { path: ["a", "b", 1, "y"], line: 15 },
    { path: ["r"], line: 18 },
    { path: ["r", "k"], line: 17 },
  ])("of $path is line $line", ({ path, line }) => {
    expect(document.place(path)).toEqual({ file: "dir/some.yml", line });
  });

  test("of what is absent is its nearest parent", () => {
    expect(document.place(["a", "b", 7, "nothing"]).line).toBe(11);
    expect(document.place(["nothing"]).line).toBe(10);
  });

  test("count CRLF and CR as one line end", () => {
    expect(readYaml("a: 1\r\nb: 2\rc: 3\r\n", { file: "f" }).place(["c"]).line).toBe(3);
  });

  test("do not shift by a byte order mark", () => {
    const document = readYaml("\uFEFFa: 1\nb: 2", { file: "f" });
    expect(document.value).toEqual({ a: 1, b: 2 });
    expect(document.place(["b"]).line).toBe(2);
  });
});

test("an empty document is an empty mapping", () => {
  expect(read("")).toEqual({});
  expect(read("# only a comment\n")).toEqual({});
});

test("a key may be called __proto__ without touching any prototype", () => {
  const value = read("__proto__: {a: 1}") as object;
  expect(Object.keys(value)).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

describe("refuses", () => {
  test.each([
    { what: "broken syntax", text: "a: 1\nb: [1", line: 2, says: /broken YAML/ },
    { what: "a tab as indentation", text: "a:\n\t- 1", line: 2, says: /broken YAML/ },
    {
      what: "a key that is there twice",
      text: "a: 1\nb: 2\na: 3",
      line: 3,
      says: /`a` is there twice: first on line 1/,
    },
    { what: "several documents", text: "a: 1\n---\nb: 2", line: 1, says: /several YAML documents/ },
    { what: "a list at the top", text: "- 1", line: 1, says: /not a YAML mapping/ },
    { what: "plain text at the top", text: "hello", line: 1, says: /not a YAML mapping/ },
    { what: "an alias without an anchor", text: "a: 1\nb: *x", line: 2, says: /`\*x` has no anchor/ },
    { what: "an alias of itself", text: "a: &x [*x]", line: 1, says: /`\*x` has no anchor/ },
    { what: "a tag", text: "a: !!str 5", line: 1, says: /the tag `!!str`/ },
    { what: "a key that is a list", text: "? [a]\n: 1", line: 1, says: /a key must be plain text/ },
    {
      what: "5,000 levels of nesting",
      text: `a: ${"[".repeat(5_000)}${"]".repeat(5_000)}`,
      line: 1,
      says: /broken YAML/,
    },
  ])("$what, naming file and line", ({ text, line, says }) => {
    const error = refusal(() => read(text));
    expect(error.message).toMatch(says);
    expect(error.place).toEqual({ file: "some.yml", line });
    expect(error.hint).toMatch(/^[A-Z].*\.$/);
    expect(error.code).toBe("settings-invalid");
  });

  test("aliases that stand for more values than there is memory", () => {
    const names = [..."abcdefghij"];
    const levels = names.map((name, at) => {
      const inner = at === 0 ? "1" : `*${names[at - 1]}`;
      return `${name}: &${name} [${Array(9).fill(inner).join(", ")}]`;
    });
    expect(refusal(() => read(levels.join("\n"))).message).toMatch(/more than 100000 values/);
  });

  test("with the line that the text has in its file, and the caller's code", () => {
    const error = refusal(() => readYaml("a: [", { file: "q.sql", line: 40 }, { code: "query-invalid" }));
    expect(error.place).toEqual({ file: "q.sql", line: 40 });
    expect(error.code).toBe("query-invalid");
  });
});
