import fc from "fast-check";
import { type ApprovalRequest, judgeRequest } from "../../src/approval/request.js";
import { approval, event, request } from "./requests.js";

const digest = "5d".repeat(32);
const team = "acme/database";

function refusal(more: Partial<ApprovalRequest>): string {
  const judgement = judgeRequest(request(more));
  expect(judgement.kind).toBe("invalid");
  return judgement.reason;
}

test("somebody with write access approves by a label that is younger than the report", () => {
  expect(judgeRequest(request())).toEqual({ kind: "valid", reason: "write access" });
});

describe("not everybody approves", () => {
  const again = "somebody with write access has to put the label on after this report";

  test.each([
    ["none", "has no access to this repository"],
    ["read", "may only read"],
    ["triage", "may only triage"],
  ] as const)("who has the role %s does not", (role, words) => {
    expect(refusal({ role })).toBe(`\`anna\` ${words}: ${again}`);
  });

  test("write access is too little where maintain is asked for, and admin is enough", () => {
    const settings = approval({ minimumRole: "maintain" });
    expect(refusal({ settings })).toMatch(/has no more than write access: somebody with maintain access has to/);
    expect(judgeRequest(request({ settings, role: "maintain" })).kind).toBe("valid");
    expect(judgeRequest(request({ settings, role: "admin" })).kind).toBe("valid");
  });

  test.each(["Bot", "Organization", "Mannequin", "user", ""])("a %j does not, whatever its role", (type) => {
    expect(refusal({ event: event({ login: "renovate[bot]", type }), role: "admin" })).toMatch(/is not a person/);
  });

  test("a person for whom an app acted does not", () => {
    expect(refusal({ event: event({ viaApp: "label-helper" }) })).toMatch(
      /^the app `label-helper` put the label on for `anna`: .* by hand after this report$/,
    );
  });

  test("the author does where nothing forbids it, and does not where the settings do, however the login is spelt", () => {
    expect(judgeRequest(request({ author: "anna" })).kind).toBe("valid");
    expect(refusal({ author: "Anna", settings: approval({ authorMayApprove: false }) })).toBe(
      "`anna` is the author, who may not approve this: somebody with write access, who is not the author, has to put the label on after this report",
    );
  });

  test("labels mean nothing where code owners approve, or nobody does", () => {
    expect(refusal({ settings: approval({ mode: "codeowners" }) })).toMatch(/a code owner .* has to approve/);
    expect(refusal({ settings: approval({ mode: "off" }) })).toMatch(/nothing can be approved in a pull request here/);
  });

  test("who is not listed does not, and the reason names who is", () => {
    const settings = approval({ approvers: ["carla", "dora"] });
    expect(refusal({ settings, role: "admin" })).toBe(
      "`anna` is not one of `approval.approvers`: one of `carla`, `dora` with write access has to put the label on after this report",
    );
  });

  test("a list of nobody is a list of nobody", () => {
    expect(refusal({ settings: approval({ approvers: [] }), role: "admin" })).toMatch(/not one of/);
  });

  test("being listed does not replace the role", () => {
    expect(refusal({ settings: approval({ approvers: ["anna"] }), role: "triage" })).toMatch(/may only triage/);
  });

  test("being called like a team is not being in it", () => {
    const settings = approval({ approvers: [team] });
    expect(judgeRequest(request({ settings, event: event({ login: team }) })).kind).toBe("unknown");
  });
});

describe("lists and teams", () => {
  test("a login counts in any case", () => {
    expect(judgeRequest(request({ settings: approval({ approvers: ["ANNA"] }) }))).toEqual({
      kind: "valid",
      reason: "write access, listed in approval.approvers",
    });
  });

  test("a member of a listed team approves, and who is in none does not", () => {
    const settings = approval({ approvers: [team] });
    const judged = (isMember: boolean) => judgeRequest(request({ settings, teams: new Map([[team, isMember]]) }));
    expect(judged(true)).toEqual({ kind: "valid", reason: "write access, member of acme/database" });
    expect(judged(false).kind).toBe("invalid");
  });

  test("a team that cannot be seen is neither yes nor no", () => {
    const settings = approval({ approvers: ["acme/other", team] });
    const teams = new Map<string, boolean | Error>([
      ["acme/other", false],
      [team, new Error("404: `org-token` is missing")],
    ]);
    expect(judgeRequest(request({ settings, teams }))).toEqual({
      kind: "unknown",
      reason: "it is not known whether `anna` is in the team `acme/database`: 404: `org-token` is missing",
    });
    expect(judgeRequest(request({ settings })).kind).toBe("unknown");
  });

  test("a team that cannot be seen does not matter to who is listed otherwise, nor to who may not anyway", () => {
    const settings = approval({ approvers: ["anna", team] });
    const teams = new Map([[team, new Error("404")]]);
    expect(judgeRequest(request({ settings, teams })).kind).toBe("valid");
    expect(judgeRequest(request({ settings: approval({ approvers: [team] }), teams, role: "read" })).kind).toBe(
      "invalid",
    );
  });

  test("what is not known does not matter where something else refuses anyway", () => {
    expect(judgeRequest(request({ role: new Error("503"), report: undefined })).kind).toBe("invalid");
  });

  test("a role that GitHub did not tell is not known", () => {
    expect(judgeRequest(request({ role: new Error("503") }))).toEqual({
      kind: "unknown",
      reason: "GitHub did not say what `anna` may do here: 503",
    });
  });
});

describe("what the approver was shown", () => {
  test("a label before the first report does not count", () => {
    expect(refusal({ report: undefined })).toMatch(/^the label was put on before this commit had a report: /);
  });

  test("a label does not count after a report that showed something else", () => {
    expect(refusal({ report: { at: "2026-11-21T10:00:00Z", digest: "6e".repeat(32) } })).toMatch(
      /what the last report showed is no longer/,
    );
  });

  test.each([
    ["older", "2026-11-21T09:59:59Z"],
    ["of the same second", "2026-11-21T10:00:00Z"],
    ["older, written in another zone", "2026-11-21T11:59:00+02:00"],
    ["without a zone", "2026-11-21T10:01:00"],
    ["without a time that can be read", "2026-11-21Tsoon Z"],
    ["empty", ""],
  ])("a label does not count that is %s", (_, at) => {
    expect(refusal({ event: event({ at }) })).toMatch(/before the report on this commit was there/);
  });

  test("a label does not count where the report's time cannot be read", () => {
    refusal({ report: { at: "", digest } });
  });

  test("a label counts that is younger by the instant, whatever the clock's face says", () => {
    expect(judgeRequest(request({ event: event({ at: "2026-11-21T07:00:30-03:00" }) })).kind).toBe("valid");
  });
});

/** What makes each guard object; every one of them must be enough by itself. */
const spoilers: Readonly<Record<string, (valid: ApprovalRequest) => ApprovalRequest>> = {
  mode: (valid) => ({ ...valid, settings: { ...valid.settings, mode: "off" } }),
  codeowners: (valid) => ({ ...valid, settings: { ...valid.settings, mode: "codeowners" } }),
  bot: (valid) => ({ ...valid, event: { ...valid.event, type: "Bot" } }),
  app: (valid) => ({ ...valid, event: { ...valid.event, viaApp: "app" } }),
  role: (valid) => ({ ...valid, role: "triage" }),
  "role not told": (valid) => ({ ...valid, role: new Error("403") }),
  list: (valid) => ({ ...valid, settings: { ...valid.settings, approvers: ["nobody-else"] } }),
  "team not told": (valid) => ({ ...valid, settings: { ...valid.settings, approvers: ["a/b"] }, teams: new Map() }),
  author: (valid) => ({
    ...valid,
    settings: { ...valid.settings, authorMayApprove: false },
    author: valid.event.login.toUpperCase(),
  }),
  "no report": (valid) => ({ ...valid, report: undefined }),
  "another digest": (valid) => ({ ...valid, digest: "00".repeat(32) }),
  "a later report": (valid) => ({ ...valid, report: { at: "2030-01-01T00:00:00Z", digest } }),
};

const valid = fc
  .record({
    role: fc.constantFrom("write" as const, "maintain" as const, "admin" as const),
    login: fc.constantFrom("anna", "Carla-2"),
    isAuthor: fc.boolean(),
    approvers: fc.constantFrom<string[] | undefined>(undefined, ["ANNA", "carla-2"], [team, "somebody"]),
    seconds: fc.integer({ min: 1, max: 1_000_000 }),
  })
  .map(({ role, login, isAuthor, approvers, seconds }) => {
    const at = new Date(Date.parse("2026-11-21T10:00:00Z") + 1_000 * seconds).toISOString();
    return request({
      settings: approval(approvers ? { approvers } : {}),
      event: event({ login, at }),
      role,
      author: isAuthor ? login : "ben",
      teams: new Map([[team, true]]),
    });
  });

test("each guard alone keeps a request from being valid that would be, and no other guard makes up for it", () => {
  fc.assert(
    fc.property(valid, fc.subarray(Object.keys(spoilers)), (request, chosen) => {
      const spoilt = chosen.reduce((one, key) => spoilers[key]?.(one) ?? one, request);
      expect(judgeRequest(spoilt).kind === "valid").toBe(chosen.length === 0);
    }),
    { numRuns: 500 },
  );
});
