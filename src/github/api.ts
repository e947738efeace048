import { GitHub as Octokit } from "@actions/github/lib/utils";
import { tellRequest } from "./dry-run.js";
import { GitHubError } from "./github.js";
import { type Sending, send, sendOnce } from "./sending.js";

/** GitHub's API as one token sees it. Every request goes through `send`, and is typed by GitHub's own description. */
export interface Api {
  /** For routes of the repository. */
  readonly at: { readonly owner: string; readonly repo: string };
  readonly request: InstanceType<typeof Octokit>["request"];
  /** Every page of a list. */
  readonly paginate: InstanceType<typeof Octokit>["paginate"];
  graphql<T>(call: GraphqlCall<T>): Promise<T>;
  /** See `sendOnce`. */
  once<T>(request: { readonly send: () => Promise<T>; readonly arrived: () => Promise<T | undefined> }): Promise<T>;
}

/** A query or mutation of GraphQL. */
export interface GraphqlCall<T> {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Of a mutation: what a dry run answers. */
  readonly standIn?: T;
}

/** What one of our requests says about itself, by octokit's `request` parameter. */
export interface RequestNotes {
  /** Whether another try is harmless after one without an answer: by default all but POST are. */
  readonly repeatable?: boolean;
  /** What a dry run answers in place of GitHub. */
  readonly standIn?: unknown;
  /** The answer is no JSON: its bytes are wanted, and no more than so many. */
  readonly maxBytes?: number;
  /** A POST that changes nothing. */
  readonly reads?: boolean;
}

/** Where the API is, who asks, and who is told in a dry run. */
export interface ApiOptions {
  readonly token: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** plan-gate's. */
  readonly version: string;
  readonly dryRun: boolean;
  readonly tell: (line: string) => void;
}

/**
 * Opens the API for one token. Octokit's own plugins for retries and throttling are not used: they repeat a POST whose
 * answer was lost, keep seconds between any two writes, cannot be interrupted, and know neither a budget nor GHES's GraphQL.
 */
export function openApi(options: ApiOptions, sending: Sending): Api {
  const { token, repository, apiUrl, graphqlUrl, version, dryRun, tell } = options;
  const octokit = new Octokit({ baseUrl: apiUrl.replace(/\/+$/, "") });
  octokit.hook.wrap("request", async (request, asked) => {
    const notes = asked.request as RequestNotes;
    const { method, url } = octokit.request.endpoint.parse(asked);
    const isRead = method === "GET" || method === "HEAD" || notes.reads === true;
    const path = new URL(url).pathname;
    if (dryRun && !isRead) {
      tellRequest(tell, octokit.request.endpoint.parse(asked));
      return { status: 200, url, headers: {}, data: notes.standIn ?? {} };
    }
    return send(sending, {
      what: `${method} ${path}`,
      repeatable: notes.repeatable ?? (isRead || method !== "POST"),
      async once(signal) {
        const answer = await request({
          ...asked,
          headers: {
            ...asked.headers,
            ...(token === "" ? {} : { authorization: `token ${token}` }),
            "user-agent": `plan-gate/${version}`,
            "x-github-api-version": "2022-11-28",
          },
          request: { ...asked.request, log: silentLog, signal, parseSuccessResponseBody: notes.maxBytes === undefined },
        });
        if (notes.maxBytes === undefined) return answer;
        return { ...answer, data: await readBytes(answer.data, notes.maxBytes) };
      },
    });
  });
  const [owner = "", repo = ""] = repository.split("/");
  return {
    at: { owner, repo },
    request: octokit.request,
    paginate: octokit.paginate,
    once: (request) => sendOnce(sending, request),
    graphql: async <T>({ query, variables, standIn }: GraphqlCall<T>): Promise<T> => {
      const reads = standIn === undefined;
      const { data } = await octokit.request(`POST ${graphqlUrl}`, {
        query,
        variables,
        request: { reads, repeatable: reads, standIn: { data: standIn } } satisfies RequestNotes,
      });
      return data.data;
    },
  };
}

/** Octokit warns of deprecated routes on the console, which is not ours to print on. */
const silentLog = { debug: silent, info: silent, warn: silent, error: silent };

function silent(): void {}

/** Undefined in place of GitHub's 404. */
export async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GitHubError && error.status === 404) return undefined;
    throw error;
  }
}

async function readBytes(body: unknown, maxBytes: number): Promise<Buffer> {
  if (!(body instanceof ReadableStream) && !isIterable(body)) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      // Leaving the loop ends the download.
      if (bytes > maxBytes) throw new GitHubError(`the download is larger than ${maxBytes} bytes`, 413);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof GitHubError) throw error;
    // As octokit's errors for a connection that broke.
    throw Object.assign(new Error("the download broke off", { cause: error }), { status: 500 });
  }
  return Buffer.concat(chunks);
}

function isIterable(body: unknown): boolean {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}
