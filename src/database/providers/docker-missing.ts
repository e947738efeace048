import { PlanGateError } from "../../errors.js";

export const dockerSilence = "Docker does not answer";

/** No engine, or none that this user may use. */
export function dockerMissing(cause: unknown): PlanGateError {
  return new PlanGateError("database-unreachable", `cannot start a container: ${dockerSilence}`, {
    hint: "Start Docker and check that this user may use it (`docker info`), or set `postgres.provider: embedded`, which needs no Docker.",
    cause,
  });
}

/** The engine works, but the image is not there: the one failure of a start after which `auto` goes on. */
export class ImageUnavailable extends PlanGateError {
  constructor(image: string, reason: string, cause: unknown) {
    super("database-unreachable", `the image \`${image}\` is not here and cannot be pulled: ${reason}`, {
      hint: "Check the name, the network and `docker login`, build or load the image first, set `postgres.image`, or set `postgres.provider: embedded`.",
      cause,
    });
  }
}
