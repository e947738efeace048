/** A database's address and its password, in each form in which a library or a server may print them. */
export function secretForms(url: string): readonly string[] {
  const [, written = ""] = /^[^:/]*:\/\/[^:@/]*:(.*)@/.exec(url) ?? [];
  const asParameter = URL.canParse(url) ? new URL(url).searchParams.getAll("password") : [];
  const parsed = URL.canParse(url) ? [new URL(url).href, new URL(url).password] : [];
  const plain = [written, ...parsed.slice(1), ...asParameter].flatMap((form) => [form, decoded(form)]);
  const forms = plain.flatMap((form) => [form, encodeURIComponent(form), JSON.stringify(form).slice(1, -1)]);
  return [...new Set([url, ...parsed, ...forms])].filter((form) => form !== "");
}

/** As it is where a percent sign is just that. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
