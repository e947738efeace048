import fc from "fast-check";
import { findArrival, lastArrival } from "../../src/cause/search.js";

test("of a few the last arrival is found, of many one, in log2 trials", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (middle) => {
      const states = [false, ...middle, true];
      let trials = 0;
      const count = await findArrival(0, states.length - 1, async (some) => {
        trials++;
        return states[some] === true;
      });
      expect([states[count - 1], states[count]]).toEqual([false, true]);
      if (states.length - 1 <= 6) expect(count).toBe(lastArrival(states));
      else expect(trials).toBeLessThanOrEqual(Math.ceil(Math.log2(states.length - 1)));
    }),
  );
});

test("what is not there at the end has not arrived, and what was always there came before", () => {
  expect(lastArrival([false, true, false])).toBeUndefined();
  expect(lastArrival([true, true])).toBeUndefined();
  expect(lastArrival([false, true, false, true, true])).toBe(3);
});
