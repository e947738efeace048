import { isSameValue, refuseReservedSettings, serverArguments } from "../../src/database/server-settings.js";

const running = (vartype: string, setting: string, unit: string | null = null) => ({
  name: "any",
  context: "postmaster",
  vartype,
  setting,
  unit,
});

describe("isSameValue", () => {
  test.each([
    ["integer", "16384", "8kB", "128MB", true],
    ["integer", "16384", "8kB", "16384", true],
    ["integer", "16384", "8kB", "131072kB", true],
    ["integer", "16384", "8kB", "0.125GB", true],
    ["integer", "16384", "8kB", "127MB", false],
    ["integer", "16384", "8kB", "128mb", false],
    ["integer", "300", "s", "5min", true],
    ["integer", "300", "s", "300000ms", true],
    ["integer", "300", "s", "5MB", false],
    ["integer", "100", null, " 100 ", true],
    ["integer", "100", null, "many", false],
    ["integer", "-1", "kB", "-1", true],
    ["real", "1.1", null, "1.10", true],
    ["real", "1.1", null, "1.2", false],
    ["real", "0.2", "ms", "200us", true],
    ["bool", "on", null, "TRUE", true],
    ["bool", "on", null, "y", true],
    ["bool", "off", null, "0", true],
    ["bool", "off", null, "on", false],
    ["bool", "off", null, "maybe", false],
    ["enum", "replica", null, "Replica", true],
    ["enum", "replica", null, "logical", false],
    ["string", "pg_stat_statements", null, "pg_stat_statements", true],
    ["string", "a", null, "A", false],
  ])("%s %s in units of %s and %s: %s", (vartype, setting, unit, wanted, same) => {
    expect(isSameValue(running(vartype, setting, unit), wanted)).toBe(same);
  });
});

describe("serverArguments", () => {
  test("a setting of the request wins over what makes a throw-away cluster quick", () => {
    const args = serverArguments({ FSYNC: "on", work_mem: "4MB" });
    expect(args).toEqual(expect.arrayContaining(["FSYNC=on", "work_mem=4MB", "full_page_writes=off"]));
    expect(args).not.toContain("fsync=off");
  });

  test("minimal write-ahead logging is left out with any setting that it excludes", () => {
    expect(serverArguments({})).toEqual(expect.arrayContaining(["wal_level=minimal", "max_wal_senders=0"]));
    for (const name of ["wal_level", "max_wal_senders", "archive_mode", "summarize_wal"]) {
      expect(serverArguments({ [name]: "1" }).join(" ")).not.toMatch(/wal_level=minimal|max_wal_senders=0/);
    }
  });
});

test("settings by which the gate reaches its server are refused, others are not", () => {
  expect(() => refuseReservedSettings(["work_mem", "Listen_Addresses"])).toThrow(
    "`postgres.settings.Listen_Addresses` is decided by plan-gate itself",
  );
  expect(() => refuseReservedSettings(["work_mem", "shared_buffers"])).not.toThrow();
});
