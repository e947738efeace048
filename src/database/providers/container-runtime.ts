// Imports testcontainers, and is itself imported on demand.
import { setTimeout as sleep } from "node:timers/promises";
import { type ContainerRuntimeClient, getContainerRuntimeClient } from "testcontainers";
import { isOwnerDead } from "../leftovers.js";
import type { ServerRequest } from "../provider.js";

/** The label by which a later run knows whose a container was. */
export const ownerLabel = "plan-gate.owner";

/** Whether a container engine answers within five seconds. */
export async function answers(): Promise<boolean> {
  return connectEngine().then(
    () => true,
    () => false,
  );
}

/** The engine that testcontainers finds: by DOCKER_HOST, the current Docker context or the usual sockets. */
export async function connectEngine(): Promise<ContainerRuntimeClient> {
  const silence = sleep(5_000, undefined, { ref: false }).then(() => {
    throw new Error("no answer within five seconds");
  });
  const client = await Promise.race([getContainerRuntimeClient(), silence]);
  // testcontainers remembers an engine that has answered once.
  await Promise.race([client.container.dockerode.ping(), silence]);
  return client;
}

/** Removes containers, running or not, that a run on this machine started which is dead now. */
export async function removeAbandoned(progress: ServerRequest["progress"]): Promise<void> {
  const client = await connectEngine().catch(() => undefined);
  if (!client) return;
  const ours = await client.container.dockerode.listContainers({ all: true, filters: { label: [ownerLabel] } });
  for (const { Id, Labels } of ours) {
    if (!(await isOwnerDead(Labels[ownerLabel] ?? ""))) continue;
    progress("removing a container that an earlier run left behind");
    await remove(client, Id);
  }
}

/** Gone afterwards, in whatever state it is. That somebody else removes it at the same time is no failure. */
export async function remove(client: ContainerRuntimeClient, id: string): Promise<void> {
  try {
    await client.container.getById(id).remove({ force: true, v: true });
  } catch (error) {
    if (![404, 409].includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
  }
}
