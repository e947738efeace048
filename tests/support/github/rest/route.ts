import type { Json, Operation } from "../description.js";
import type { Hub } from "../hub.js";
import type { TokenState } from "../types.js";

/** A request that the description allows and the token may send. */
export interface Call {
  readonly hub: Hub;
  readonly operation: Operation;
  /** As it was asked, without the query and the prefix of a GHES. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Json;
  readonly token: TokenState;
  /** The `accept` header. */
  readonly accept: string;
}

export interface Answer {
  readonly status: number;
  /** What is known of it; the rest is filled in by the description. */
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of JSON. */
  readonly bytes?: Buffer;
}

export type Route = (call: Call) => Answer | Promise<Answer>;
export type Routes = Readonly<Record<string, Route>>;

export const notFound: Answer = { status: 404, json: { message: "Not Found", documentation_url: "", status: "404" } };

/** 422 as GitHub words it. */
export function invalid(message: string, field = "data", resource = "Resource"): Answer {
  return {
    status: 422,
    json: {
      message: "Validation Failed",
      errors: [{ resource, code: "custom", field, message }],
      documentation_url: "https://docs.github.com/rest",
    },
  };
}

/** 422 of git's own operations, which have the reason as their message. */
export function refused(message: string): Answer {
  return { status: 422, json: { message, documentation_url: "https://docs.github.com/rest" } };
}

/** One page of a list, with the links to the others. `wrap` puts it into an object, as some lists are. */
export function page<T>({ hub, query, path }: Call, all: readonly T[], show: (items: readonly T[]) => unknown): Answer {
  const size = Math.min(Math.max(Number(query.get("per_page") ?? 30), 1), 100);
  const number = Math.max(Number(query.get("page") ?? 1), 1);
  const last = Math.max(Math.ceil(all.length / size), 1);
  const link = (to: number, rel: string) => {
    const target = new URLSearchParams(query);
    target.set("page", String(to));
    return `<${hub.urls.api}${path}?${target}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, "prev"), link(1, "first")] : []),
    ...(number < last ? [link(number + 1, "next"), link(last, "last")] : []),
  ];
  return {
    status: 200,
    json: show(all.slice((number - 1) * size, number * size)),
    headers: links.length === 0 ? {} : { link: links.join(", ") },
  };
}

export function text(body: Json, key: string): string | undefined {
  const value = body[key];
  return typeof value === "string" ? value : undefined;
}

export function record(body: Json, key: string): Json | undefined {
  const value = body[key];
  return typeof value === "object" && value !== null ? (value as Json) : undefined;
}
