import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { allows } from "./access.js";
import { noUserConfig } from "./git-repository.js";
import { bodyOf, send } from "./http.js";
import type { Hub } from "./hub.js";

/** The part of a path behind `/<owner>/<name>`; undefined where the request is none of git's. */
export function gitPath(hub: Hub, pathname: string): string | undefined {
  const { owner, name } = hub.state.settings;
  const found = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack|git-receive-pack))$/.exec(pathname);
  return found?.[1] === owner && found[2] === name ? found[3] : undefined;
}

/** Serves fetches by git's own CGI program. Nobody can push. */
export async function serveGit(
  hub: Hub,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://git");
  const body = await bodyOf(request);
  if (path === "/git-receive-pack" || url.searchParams.get("service") === "git-receive-pack") {
    return send(response, 403, { message: "Write access to repository not granted." });
  }
  if (!mayRead(hub, request.headers.authorization)) {
    return send(response, 401, { message: "Authentication failed" }, { "www-authenticate": 'Basic realm="GitHub"' });
  }
  await hub.refresh();
  for (const { number, state } of hub.state.pulls.values()) if (state === "open") await hub.mergeCommit(number);
  const output = await backend(
    {
      PATH: process.env["PATH"],
      ...noUserConfig,
      GIT_PROJECT_ROOT: hub.git.folder,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      PATH_INFO: path,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      CONTENT_LENGTH: String(body.length),
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
    },
    body,
  );
  const end = output.indexOf("\r\n\r\n");
  const headers = output
    .subarray(0, end)
    .toString("utf8")
    .split("\r\n")
    .map((line) => line.split(/: */, 2) as [string, string]);
  const status = headers.find(([name]) => name.toLowerCase() === "status")?.[1];
  response.writeHead(status === undefined ? 200 : Number.parseInt(status, 10), Object.fromEntries(headers));
  response.end(output.subarray(end + 4));
}

/** Without credentials a public repository is open; wrong ones never are. */
function mayRead({ state, tokens }: Hub, authorization: string | undefined): boolean {
  if (authorization === undefined) return !state.settings.private;
  const [scheme = "", given = ""] = authorization.split(" ");
  if (scheme.toLowerCase() !== "basic") return false;
  const [user, password = ""] = Buffer.from(given, "base64").toString("utf8").split(":");
  const token = tokens.find(password);
  return user === "x-access-token" && token !== undefined && allows(token, "contents", "read");
}

function backend(env: NodeJS.ProcessEnv, input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "inherit"] });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("error", reject);
    child.on("close", () => resolve(Buffer.concat(output)));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
