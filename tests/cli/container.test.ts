import { docker, hasImage, testNeeding } from "../postgres/support/needing.js";
import { testedMajors } from "../postgres/support/throwaway-server.js";
import { dropIndex, filesBelow, makeProject } from "./support/library.js";
import { checked, planGate } from "./support/plan-gate.js";

const images = await Promise.all(
  testedMajors.map(async (major) => ({
    major,
    image: `plan-gate-postgres:${major}`,
    there: await hasImage(`plan-gate-postgres:${major}`),
  })),
);

describe("a laptop without Docker and a container agree", () => {
  for (const { major, image, there } of images) {
    testNeeding(`the Docker image ${image}`, there)(
      `on ${major}: the plans accepted on the one pass on the other, to the byte, and no container is left`,
      async () => {
        await using project = await makeProject();
        const flags = ["--postgres", String(major)];
        expect((await planGate(project.where, "accept", ...flags)).code).toBe(0);
        const embedded = await filesBelow(project.root, "baselines");

        await project.put({
          "container.yml": `postgres:\n  provider: container\n  image: ${image}\nseed: { files: [seeds/*.sql] }\n`,
        });
        const inContainer = ["--config", "container.yml", ...flags];
        expect(await planGate(project.where, "accept", ...inContainer)).toMatchObject({ code: 0 });
        expect(await filesBelow(project.root, "baselines")).toEqual(embedded);

        await project.put({ "migrations/003_tidy.sql": dropIndex });
        expect((await checked(project.where, ...inContainer)).code).toBe(1);
        expect(await docker("ps", "--all", "--quiet", "--filter", `ancestor=${image}`)).toBe("");
      },
      180_000,
    );
  }
});
