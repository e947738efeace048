import type { PlanFailure } from "../plan/change.js";
import { defineRule, type Suspect } from "./rule.js";

/** Reports a query that had an accepted plan and that PostgreSQL now refuses to plan. */
export const queryBroken = defineRule({
  id: "query-broken",
  summary: "The query was accepted before, and PostgreSQL refuses to plan it now.",
  why: "The application that sends this query will get this error.",
  defaultSeverity: "error",
  options: {},

  check(change) {
    if (change.kind !== "broken") return [];
    const { failure } = change;
    const suspect = suspectOf(failure);
    return [
      {
        relation: null,
        title: `PostgreSQL refuses the query: ${failure.message}`,
        fix: failure.hint
          ? `${failure.hint} Or change the query together with the schema.`
          : "Change the query together with the schema, or keep what it uses until no release sends it any more.",
        before: { kind: "text", text: "no error" },
        after: { kind: "text", text: `${failure.message} (SQLSTATE ${failure.sqlState})` },
        ...(suspect ? { suspect } : {}),
      },
    ];
  },
});

/** What is missing, out of PostgreSQL's message; server messages are English, as the gate starts or asks for it. */
function suspectOf({ message, sqlState }: PlanFailure): Suspect | undefined {
  const quoted = /"([^"]+)"/.exec(message)?.[1];
  switch (sqlState) {
    case "42703": {
      const name = /column (?:"([^"]+)"|(\S+)) (?:of relation \S+ )?does not exist/.exec(message);
      const column = name?.[1] ?? name?.[2]?.split(".").at(-1);
      return column === undefined ? undefined : { kind: "column", name: column };
    }
    case "42P01":
      return quoted === undefined ? undefined : { kind: "relation", name: quoted.split(".").at(-1) ?? quoted };
    case "42704":
      return quoted === undefined ? undefined : { kind: "type", name: quoted };
    case "42883": {
      const name = /^function ([^(]+)\(/.exec(message)?.[1];
      return name === undefined ? undefined : { kind: "function", name: name.split(".").at(-1) ?? name };
    }
    default:
      return undefined;
  }
}
