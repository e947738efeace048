/** Whether the finding is there once the first `count` things are done. Asked once for each count. */
export type ShowsAfter = (count: number) => Promise<boolean>;

/** So few are tried one by one, from the end: what comes and goes on the way is then no answer. */
const fewEnough = 6;

/**
 * The thing at which a finding comes to stay: the largest `n` such that it is not there after `n - 1` things and is
 * there after `n`. It is known not to be there after `from`, and to be there after `to`. More than a few are halved, which
 * takes log2 trials and finds a thing at which it comes.
 */
export async function findArrival(from: number, to: number, shows: ShowsAfter): Promise<number> {
  let [absent, present] = [from, to];
  while (present - absent > 1) {
    const middle = to - from <= fewEnough ? present - 1 : Math.floor((absent + present) / 2);
    if (await shows(middle)) present = middle;
    else absent = middle;
  }
  return present;
}

/** The last of a row of answers at which it turned to `true`; undefined where it is not `true` at the end. */
export function lastArrival(answers: readonly boolean[]): number | undefined {
  if (answers.at(-1) !== true) return undefined;
  const last = answers.lastIndexOf(false);
  return last < 0 ? undefined : last + 1;
}
