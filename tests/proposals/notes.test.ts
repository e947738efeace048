import { proposalNotes } from "../../src/proposals/notes.js";
import { proposal } from "../evaluation/sets.js";

test("what is added to a query's expectations counts at once; what is taken away is shown and not applied", () => {
  const added = proposal({ kind: "policy", query: "q", counts: "freely", what: "adds to `expect`" });
  const taken = proposal({ kind: "policy", query: "q", counts: "once approved", what: "takes from `expect`" });
  expect(proposalNotes([added, taken])).toEqual([
    "`q`: this branch adds to `expect`: it counts at once",
    "`q`: this branch takes from `expect`: shown, not applied until it is merged",
  ]);
});
