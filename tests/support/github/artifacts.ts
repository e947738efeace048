import { createHash, createHmac, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Json } from "./description.js";
import { bodyOf, send } from "./http.js";
import type { Hub } from "./hub.js";

const secret = randomBytes(16);
const folder = "/fakestorage/artifacts/";
const service = "/twirp/github.actions.results.api.v1.ArtifactService/";

/** An address of a blob that needs no other credentials, as Azure's. */
export function signedBlobUrl(hub: Hub, name: string): string {
  return `${hub.urls.results}${folder}${name}?sv=2025-01-05&sp=rw&sig=${signature(name)}`;
}

/** A run's own token: unsigned, as nobody but its issuer reads more than its scope. */
export function runtimeToken(runId: number): string {
  const part = (json: Json) => Buffer.from(JSON.stringify(json)).toString("base64url");
  return `${part({ alg: "none", typ: "JWT" })}.${part({ scp: `Actions.Results:${runId}:${runId}-job` })}.fake`;
}

interface Upload {
  readonly runId: number;
  readonly name: string;
  readonly blob: string;
  readonly blocks: Map<string, Buffer>;
  bytes: Buffer | undefined;
}

interface Reply {
  readonly status: number;
  readonly json?: Json;
  readonly bytes?: Buffer;
}

/** The service to which a job uploads artifacts, and the blob storage behind it. */
export function createArtifactService(hub: Hub) {
  const uploads = new Map<string, Upload>();
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://storage");
    const body = await bodyOf(request);
    if (url.pathname.startsWith(service) && request.method === "POST") {
      const method = url.pathname.slice(service.length);
      const { status, json } = answerTwirp(hub, uploads, { request, body, method });
      send(response, status, json);
      return;
    }
    const { status, bytes } = url.pathname.startsWith(folder)
      ? answerStorage(hub, uploads, { request, body, url })
      : { status: 404 };
    response.writeHead(status, { ...azure, "content-type": "application/zip" }).end(bytes);
  };
}

const azure = {
  "x-ms-request-id": "fake",
  "x-ms-version": "2025-01-05",
  etag: '"fake"',
  "last-modified": new Date(0).toUTCString(),
};

interface TwirpCall {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly method: string;
}

function answerTwirp(hub: Hub, uploads: Map<string, Upload>, { request, body, method }: TwirpCall): Reply {
  const fail = (status: number, code: string, msg: string) => ({ status, json: { code, msg } });
  const runId = runOf(request.headers.authorization);
  const json = JSON.parse(body.toString("utf8")) as Json;
  const run = runId === undefined ? undefined : hub.state.runs.get(runId);
  if (run === undefined || json["workflow_run_backend_id"] !== String(run.id)) {
    return fail(401, "unauthenticated", "the token is not of this run");
  }
  const name = String(json["name"]);
  const key = `${run.id} ${name}`;
  if (method === "CreateArtifact") {
    if ([...hub.state.artifacts.values()].some((one) => one.runId === run.id && one.name === name)) {
      return fail(409, "already_exists", "an artifact with this name already exists on the workflow run");
    }
    const blob = `upload-${hub.ids.id()}.zip`;
    uploads.set(key, { runId: run.id, name, blob, blocks: new Map(), bytes: undefined });
    return { status: 200, json: { ok: true, signed_upload_url: signedBlobUrl(hub, blob) } };
  }
  const bytes = uploads.get(key)?.bytes;
  if (method !== "FinalizeArtifact" || bytes === undefined) {
    return fail(404, "not_found", `nothing uploaded as ${name}`);
  }
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const claimed = json["hash"];
  if (Number(json["size"]) !== bytes.length || (claimed !== undefined && claimed !== digest)) {
    return fail(400, "invalid_argument", "size or hash differ from what was uploaded");
  }
  uploads.delete(key);
  const { id } = hub.createArtifact({ runId: run.id, name, zip: bytes });
  return { status: 200, json: { ok: true, artifact_id: String(id) } };
}

interface StorageCall {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly url: URL;
}

function answerStorage(hub: Hub, uploads: Map<string, Upload>, { request, body, url }: StorageCall): Reply {
  const name = url.pathname.slice(folder.length);
  // A signed address beside another credential is refused: a client that follows a redirect must drop its token.
  if (request.headers.authorization !== undefined) return { status: 400 };
  if (url.searchParams.get("sig") !== signature(name)) return { status: 403 };
  if (request.method === "GET") {
    const artifact = hub.state.artifacts.get(Number.parseInt(name, 10));
    return artifact === undefined ? { status: 404 } : { status: 200, bytes: artifact.zip };
  }
  const upload = [...uploads.values()].find(({ blob }) => blob === name);
  if (upload === undefined || request.method !== "PUT") return { status: 404 };
  const comp = url.searchParams.get("comp");
  if (comp === "block") upload.blocks.set(url.searchParams.get("blockid") ?? "", body);
  else if (comp !== "blocklist") upload.bytes = body;
  else {
    const ids = [...body.toString("utf8").matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]+)</g)];
    const blocks = ids.map(([, id = ""]) => upload.blocks.get(id));
    if (blocks.some((block) => block === undefined)) return { status: 400 };
    upload.bytes = Buffer.concat(blocks.filter((block) => block !== undefined));
  }
  return { status: 201 };
}

function signature(name: string): string {
  return createHmac("sha256", secret).update(name).digest("hex");
}

function runOf(authorization: string | undefined): number | undefined {
  const [, payload = ""] = authorization?.replace(/^bearer /i, "").split(".") ?? [];
  if (payload === "") return undefined;
  const { scp = "" } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { scp?: string };
  return Number(/Actions\.Results:(\d+):/.exec(scp)?.[1]) || undefined;
}
