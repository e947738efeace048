// Imports the toolkit's artifact client, which is large, and is itself imported on demand.
import { DefaultArtifactClient } from "@actions/artifact";

/** Uploads one file as an artifact of this run. */
export async function uploadArtifact(name: string, file: string, folder: string): Promise<void> {
  await new DefaultArtifactClient().uploadArtifact(name, [file], folder, { retentionDays: 14 });
}
