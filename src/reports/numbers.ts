const significant = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
const small = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3 });
const compact = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3, notation: "compact" });
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A figure for people: three significant digits, from a million on with a letter ("8.44", "12,300", "1.23M"); below one, three decimals. */
export function figure(value: number): string {
  if (value < 1) return small.format(value);
  return (value >= 1_000_000 ? compact : significant).format(value);
}

/** A figure where there may be none. */
export function figureOrDash(value: number | null): string {
  return value === null ? "–" : figure(value);
}

/** How many times as large ("×41") or as small ("÷12") a figure became; empty where it is practically the same. */
export function factor(before: number | null, after: number | null): string {
  if (before === null || after === null || before <= 0 || after <= 0) return "";
  const ratio = after > before ? after / before : before / after;
  if (ratio < 1.005) return "";
  return `${after > before ? "×" : "÷"}${times(ratio)}`;
}

function times(ratio: number): string {
  if (ratio >= 1_000) return figure(ratio);
  return ratio >= 10 ? whole.format(ratio) : figure(Number(ratio.toFixed(ratio < 2 ? 2 : 1)));
}

/** "8.44 → 2,350", or just one of them where both read the same or there is only one. */
export function change(before: number | null, after: number | null): string {
  if (before === null || after === null) return figureOrDash(after ?? before);
  const [left, right] = [figure(before), figure(after)];
  return left === right ? right : `${left} → ${right}`;
}

/** "1 plan", "43 plans", "2 queries". */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${whole.format(number)} ${number === 1 ? noun : plural}`;
}
