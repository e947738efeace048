import fc from "fast-check";
import { literalsOf, redactText, renameQualifiers } from "../../src/plan/sql-text.js";

const nothing = () => false;

/** Text as PostgreSQL could print it: pieces that are hard to tell apart, side by side. */
const pieces = fc.constantFrom(
  ..."' '' \" \\ $ $$ $1 $a$ E' e b' U&' :: ::numeric(10,2) [ ] ( ) [1] ARRAY[ . , ? '?' -- /* */ 5 .5 1e3 0x1F col1 SubPlan".split(
    " ",
  ),
  ..."secret é E \n AND _ $tag$".split(" "),
  "SubPlan 1",
  " ",
);
const anyText = fc.oneof(
  fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join("")),
  fc.string(),
);

describe("redactText", () => {
  test.each([
    ["(o.total > '100'::numeric)", "(o.total > '?'::numeric)"],
    ["(a.id = 17) AND (b.qty < -3)", "(a.id = ?) AND (b.qty < -?)"],
    ["(name = 'it''s'::text)", "(name = '?'::text)"],
    [String.raw`(name = E'back\\slash\' still'::text)`, "(name = '?'::text)"],
    ["(x = ANY ('{1,2}'::integer[]))", "(x = ANY ('?'::integer[]))"],
    ["(ARRAY[1, 2] @> tags)", "(ARRAY[?, ?] @> tags)"],
    ["(v = 1.5e-3)", "(v = ?)"],
  ])("replaces literals: %s", (text, redacted) => {
    expect(redactText(text, nothing)).toBe(redacted);
  });

  test.each([
    "(o.col1 = $1)",
    '("x 1"."weird ""2" IS NOT NULL)',
    "(id = (InitPlan 2).col1)",
    "(NOT (ANY (id = (hashed SubPlan 1).col1)))",
    "((total)::numeric(10,2) > $1)",
    "((code)::character varying(20) = $2)",
    "(tags[1] = $1)",
    "((regexp_match(a, $1))[2:3] IS NULL)",
    '("*VALUES*".column1 = e_12.id)',
  ])("leaves names, references, modifiers and subscripts alone: %s", (text) => {
    expect(redactText(text, nothing)).toBe(text);
  });

  test("keeps what is known", () => {
    expect(
      redactText("(a = 'x'::text) AND (b = 5) AND (c = 'y')", (literal) => literal === "x" || literal === "5"),
    ).toBe("(a = 'x'::text) AND (b = 5) AND (c = '?')");
  });

  test("changes nothing the second time, whatever the text", () => {
    fc.assert(
      fc.property(anyText, fc.array(pieces, { maxLength: 3 }), (text, known) => {
        const once = redactText(text, (literal) => known.includes(literal));
        expect(redactText(once, (literal) => known.includes(literal))).toBe(once);
      }),
      { numRuns: 3_000 },
    );
  });

  test("lets no string or number through", () => {
    const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
    const secret = fc.string({ minLength: 1 }).map((text) => `secret${text}`);
    const escaped = (text: string) => `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
    fc.assert(
      fc.property(secret, secret, fc.nat(), (one, two, n) => {
        const text = `((a.b = ${quote(one)}::text) AND (a.c >= ${n}) AND (d ~ ${escaped(two)}::text))`;
        expect(redactText(text, nothing)).toBe("((a.b = '?'::text) AND (a.c >= ?) AND (d ~ '?'::text))");
      }),
    );
  });

  test("leaves any quoted name as it is", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        const text = `("${name.replaceAll('"', '""')}".id = b.x)`;
        expect(redactText(text, nothing)).toBe(text);
      }),
    );
  });
});

describe("literalsOf", () => {
  test("finds every way to write a string or a number", () => {
    const sql = String.raw`SELECT 'a', E'b\'c', $$d$$, $tag$e $$ f$tag$, 'it''s', 1, 2.5, .5, 1e3, 0x1F, 1_000, B'101', N'n' FROM t`;
    expect([...literalsOf(sql)]).toEqual([..."a|b'c|d|e $$ f|it's|1|2.5|.5|1e3|0x1F|1_000|101|n".split("|")]);
  });

  test("takes no literal from comments, names, parameters or a type's modifiers", () => {
    const sql = `SELECT "it's 5", col1, $1, x::numeric(10,2), a[3] -- don't 7
      /* 'nor' this 8 */ FROM t2 WHERE b = 'yes'`;
    expect([...literalsOf(sql)]).toEqual(["yes"]);
  });

  test("never throws", () => {
    fc.assert(fc.property(anyText, (text) => literalsOf(text) instanceof Set));
  });
});

describe("renameQualifiers", () => {
  const names = new Map([
    ["e_1", "e"],
    ["E 2_1", "E 2"],
  ]);

  test.each([
    ["(e_1.id = e_10.id)", "(e.id = e_10.id)"],
    ['("E 2_1".id > 3)', '("E 2".id > 3)'],
    ["(e_1.note = 'e_1.id'::text)", "(e.note = 'e_1.id'::text)"],
    ["(x.e_1 = e_1.e_1)", "(x.e_1 = e.e_1)"],
    ["shop.e_1.f", "shop.e_1.f"],
    ["count(e_1.*)", "count(e.*)"],
  ])("renames aliases before a dot, and nothing else: %s", (text, renamed) => {
    expect(renameQualifiers(text, names)).toBe(renamed);
  });
});
