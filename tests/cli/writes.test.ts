import { library, makeProject } from "./support/library.js";
import { checked, planGate } from "./support/plan-gate.js";

const minute = 60_000;

const reads = {
  // An index-only scan's cost and buffers show whether a write has cleared bits of the visibility map.
  "queries/reads.sql": `-- name: z-shelves
SELECT shelf, count(*) FROM books WHERE shelf BETWEEN 1 AND 60 GROUP BY shelf;

-- name: z-next-loan
SELECT last_value FROM loans_id_seq;

-- name: z-all-loans
SELECT count(*) FROM loans;
`,
};

const writes = {
  "queries/writes.sql": `-- name: a-move-books
UPDATE books SET shelf = shelf + 1, title = title || '!' WHERE shelf > 0;

-- name: a-lend
INSERT INTO loans (book_id, borrower) SELECT id, 1 FROM books;

-- name: b-return
DELETE FROM loans WHERE borrower < 600;

-- name: b-lock
SELECT id FROM books WHERE shelf = 3 FOR UPDATE;

-- name: b-hidden-write
SELECT lend_all();

-- name: b-write-in-cte
WITH moved AS (UPDATE books SET shelf = 3 WHERE shelf = 0 RETURNING id) SELECT count(*) FROM moved;

-- name: a-clash
INSERT INTO books SELECT id, isbn, shelf, title FROM books;
`,
  "migrations/003_lend.sql":
    "CREATE FUNCTION lend_all() RETURNS bigint LANGUAGE sql AS 'INSERT INTO loans (book_id, borrower) SELECT id, 2 FROM books; UPDATE books SET title = title; SELECT 1::bigint';\n",
};

test(
  "queries that write change no other query's figures, whatever they are called",
  async () => {
    await using project = await makeProject({ ...library, ...reads });
    expect((await planGate(project.where, "accept")).code).toBe(0);
    const before = await checked(project.where);
    await project.put(writes);
    const after = await checked(project.where);
    expect([before.code, after.code]).toEqual([0, 0]);
    const names = new Set(before.report.queries.map(({ name }) => name));
    expect(after.report.queries.filter(({ name }) => names.has(name))).toEqual(before.report.queries);
    expect(before.report.queries.map(({ after: figures }) => figures?.measured)).not.toContain(false);
  },
  minute,
);

test(
  "each write is measured on data that no other write has touched, and a clash of rows is told",
  async () => {
    await using project = await makeProject({ ...library, ...writes });
    const { report } = await checked(project.where);
    const figures = Object.fromEntries(report.queries.map((query) => [query.name, query.after]));
    const measured = Object.entries(figures).filter(([, one]) => one?.measured);
    expect(measured.map(([name]) => name)).toEqual(
      expect.arrayContaining(Object.keys(figures).filter((name) => name !== "a-clash")),
    );
    expect(figures["b-lock"]?.rowsActual).toBe(10);
    expect(figures["b-write-in-cte"]?.rowsActual).toBe(1);
    expect((await planGate(project.where, "show", "a-clash")).stdout).toMatch(
      /not measured: it failed when executed: duplicate key/,
    );
  },
  minute,
);
