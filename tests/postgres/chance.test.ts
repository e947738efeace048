import type { Evaluation } from "../../src/evaluation/evaluation.js";
import { makeRepository } from "../proposals/support/repository.js";
import { startThrowawayServer } from "./support/throwaway-server.js";

const threeMinutes = 180_000;

/** Twenty thousand points of a grid, in this order, and bookings of two hundred rooms. */
const seedBy = (order: string) => `
INSERT INTO places SELECT i, point(i % 141, i / 141) FROM generate_series(1, 20000) AS i ORDER BY ${order};
INSERT INTO bookings SELECT i, i % 200, tsrange(at, at + interval '50 minutes')
FROM generate_series(1, 20000) AS i CROSS JOIN LATERAL (SELECT timestamp '2026-06-01' + i / 200 * interval '1 hour' AS at) AS t;
`;

const project = {
  "plan-gate.yml":
    "postgres: { extensions: [btree_gist] }\nseed: { files: [seeds/*.sql] }\ninvestigate: { fixes: false }\n",
  "migrations/001_all.sql": `
CREATE TABLE places (id bigint PRIMARY KEY, at point NOT NULL);
CREATE INDEX places_at_idx ON places USING gist (at);
CREATE TABLE bookings (id bigint PRIMARY KEY, room integer NOT NULL, during tsrange NOT NULL);
CREATE INDEX bookings_room_idx ON bookings USING gist (room, during);
`,
  "seeds/all.sql": seedBy("i % 141, i"),
  "queries/columns.sql":
    "SELECT count(*) FROM generate_series(1, 140) AS n JOIN places AS p ON p.at <@ box(point(n, 0), point(n, 200));\n",
  "queries/room.sql": "SELECT count(*) FROM generate_series(1, 50) AS n JOIN bookings AS b ON b.room = n;\n",
} as const;

/** Of each query, what became of it and the rules that are no mere information. */
const told = ({ verdict }: Evaluation) =>
  Object.fromEntries(
    verdict.outcomes.map(({ name, kind, findings }) => [
      name,
      [kind, ...findings.flatMap(({ rule, severity }) => (severity === "error" ? rule : []))],
    ]),
  );
const nothing = { columns: ["passed"], room: ["passed"] };

test.each([14, 17, 18])(
  "on PostgreSQL %i a GiST index takes other blocks where rows came in another order: no regression, unlike one that is gone, or whose columns changed places",
  async (major) => {
    const server = await startThrowawayServer(major);
    try {
      await using repository = await makeRepository(project, server.url);
      const accepted = await repository.accept();
      expect(Object.values(accepted).join()).toContain("using places_at_idx (gist) on public.places");
      const base = await repository.commit(accepted);

      await repository.commit({ "seeds/all.sql": seedBy("(i % 141 + i / 141), i") });
      const rebuilt = await repository.judge(base);
      const [columns] = rebuilt.verdict.outcomes;
      const [then = 0, now = 0] = [columns?.before, columns?.after].map((plan) => plan?.root.actual?.sharedBlocks ?? 0);
      // As many as rules report of any other index.
      expect([now > then * 2.5, now - then > 500]).toEqual([true, true]);
      expect(told(rebuilt)).toEqual(nothing);

      // As baselines were written before access methods were told.
      const older = Object.entries(accepted).map(([file, text]) => [file, text.replaceAll(" (gist)", "")] as const);
      const olderBase = await repository.commit({ ...project, ...Object.fromEntries(older) });
      await repository.commit({ "seeds/all.sql": seedBy("(i % 141 + i / 141), i") });
      expect(told(await repository.judge(olderBase))).toEqual(nothing);

      const again = await repository.commit({ ...project, ...accepted });
      await repository.commit({
        "migrations/002_tidy.sql":
          "DROP INDEX places_at_idx;\nDROP INDEX bookings_room_idx;\nCREATE INDEX bookings_room_idx ON bookings USING gist (during, room);\n",
      });
      const worse = told(await repository.judge(again));
      expect(worse).toMatchObject({ columns: ["flagged", expect.anything()], room: ["flagged", "read-more"] });
    } finally {
      await server.stop();
    }
  },
  threeMinutes,
);
