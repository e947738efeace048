import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Answers with JSON; without a body where there is none. */
export function send(
  response: ServerResponse,
  status: number,
  json: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (json === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const text = JSON.stringify(json);
  response
    .writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(text),
      ...headers,
    })
    .end(text);
}

/** A server on loopback, with its port; disposing of it ends what is still open. What it fails at is a problem. */
export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  problems: string[],
): Promise<{ readonly port: number } & AsyncDisposable> {
  const server: Server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A client that went away is none of our concern.
      if (response.destroyed || response.headersSent) return;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      problems.push(`the fake failed at ${request.method} ${request.url}: ${text}`);
      send(response, 500, { message: `the fake failed: ${text}` });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
