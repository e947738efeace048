import { explainFailedStart } from "../../src/database/start-failure.js";

const explain = (log: string) =>
  explainFailedStart({ what: "embedded Postgres 17", log, locale: "de_XX", where: "/tmp" });

test.each([
  [
    'initdb: error: could not write file "/tmp/x/data/postgresql.conf": No space left on device',
    "disk-full",
    "no space left on the disk of /tmp while starting embedded Postgres 17",
  ],
  [
    '2026-01-01 00:00:00 UTC [7] FATAL:  unrecognized configuration parameter "wrok_mem"',
    "settings-invalid",
    "embedded Postgres 17 does not know `postgres.settings.wrok_mem`",
  ],
  [
    'LOG:  invalid value for parameter "work_mem": "much"\nHINT:  Valid units for this parameter are "B", "kB".',
    "settings-invalid",
    'embedded Postgres 17 refuses `postgres.settings.work_mem`: invalid value for parameter "work_mem": "much"',
  ],
  [
    'FATAL:  -2 is outside the valid range for parameter "random_page_cost" (0 .. 1.79769e+308)',
    "settings-invalid",
    'embedded Postgres 17 refuses `postgres.settings.random_page_cost`: -2 is outside the valid range for parameter "random_page_cost" (0 .. 1.79769e+308)',
  ],
  [
    'FATAL:  could not access file "timescaledb": No such file or directory',
    "settings-invalid",
    "embedded Postgres 17 has no library `timescaledb`, which `postgres.settings` loads",
  ],
  [
    'initdb: error: invalid locale name "de_XX"',
    "settings-invalid",
    "embedded Postgres 17 cannot use `postgres.locale` `de_XX` with encoding UTF8",
  ],
  [
    "FATAL:  could not map anonymous shared memory: Cannot allocate memory\nHINT:  This error usually means …",
    "settings-invalid",
    "not enough memory to start embedded Postgres 17: could not map anonymous shared memory: Cannot allocate memory",
  ],
  [
    "starting\n2026-01-01 [7] FATAL:  something new\nbye",
    "database-unreachable",
    "could not start embedded Postgres 17: something new",
  ],
  ["", "database-unreachable", "could not start embedded Postgres 17: it ended without a message"],
])("the log %j is explained", (log, code, message) => {
  expect(explain(log)).toMatchObject({ code, message, hint: expect.stringMatching(/^[A-Z].*\.$/) });
});
