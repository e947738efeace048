/**
 * Tells whether a literal of a plan is one of these texts. PostgreSQL prints constants its own way: a date with its
 * midnight, jsonb with its keys sorted, an IN list as an array, -5 as one constant.
 */
export function knowing(texts: ReadonlySet<string>): (literal: string) => boolean {
  const known = new Set([...texts].map(canonical));
  return (literal) =>
    literal.trim() === "" || known.has(canonical(literal)) || (elementsOf(literal)?.every(isKnownElement) ?? false);

  function isKnownElement(element: string): boolean {
    return element === "NULL" || known.has(canonical(element));
  }
}

/** One spelling for what PostgreSQL takes for the same value, as far as the text alone tells. */
function canonical(text: string): string {
  const trimmed = text.trim();
  return canonicalTime(trimmed) ?? canonicalNumber(trimmed) ?? canonicalJson(trimmed) ?? trimmed.replace(/\s+/g, "");
}

const timePattern =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d))?(?:\.(\d+))?)?\s*(?:Z|UTC|([+-]\d\d)(?::?(\d\d))?)?$/;

/** In UTC, as plan-gate's sessions are. */
function canonicalTime(text: string): string | undefined {
  const [whole, date, minutes = "00:00", seconds = "00", fraction = "", hour = "+00", minute = "00"] =
    timePattern.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const time = new Date(`${date}T${minutes}:${seconds}${hour}:${minute}`);
  return Number.isNaN(time.getTime()) ? undefined : `${time.toISOString()} ${fraction.replace(/0+$/, "")}`;
}

/** Without its sign, which SQL writes as an operator. */
function canonicalNumber(text: string): string | undefined {
  const unsigned = text.replace(/^[+-]\s*/, "").replaceAll("_", "");
  if (/^0[xob]/i.test(unsigned)) return Number.isNaN(Number(unsigned)) ? undefined : BigInt(unsigned).toString();
  if (!/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(unsigned)) return undefined;
  return /e/i.test(unsigned) ? String(Number(unsigned)) : unsigned.replace(/^\./, "0.").replace(/\.$/, "");
}

function canonicalJson(text: string): string | undefined {
  if (!/^[{[]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), (_, value) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  } catch {
    return undefined;
  }
}

/** The elements of an array's text (`{a,"b c",NULL}`), nested ones flattened; undefined where it is none. */
function elementsOf(text: string): readonly string[] | undefined {
  if (!/^\{.*\}$/s.test(text)) return undefined;
  return [...text.matchAll(/"((?:[^"\\]|\\[\s\S])*)"|[^{},]+/g)].map(([bare, quoted]) =>
    quoted === undefined ? bare : quoted.replace(/\\([\s\S])/g, "$1"),
  );
}
