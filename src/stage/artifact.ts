import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";
import { PlanGateError } from "../errors.js";

/** In bytes: no artifact of ours has more. */
export const largestArtifact = 20_000_000;

const limits = {
  entries: 20,
  /** In bytes: the largest document, were all of it beyond ASCII. */
  inflated: 60_000_000,
  /** JSON with plans shrinks to a tenth or a twentieth; a bomb to a thousandth. */
  ratio: 200,
  /** In bytes: below, a high ratio harms nobody. */
  smallEnough: 100_000,
} as const;

/**
 * The text of one file of an artifact's zip, by its exact name at the top. The artifact is a stranger's: any other entry,
 * and all that a zip can be beside a plain file, is refused with PlanGateError.
 */
export async function readArtifact(zip: Buffer, wanted: string): Promise<string> {
  if (zip.length > largestArtifact) throw refused(`it has more than ${largestArtifact} bytes`);
  try {
    const file = await fromBufferPromise(zip, { lazyEntries: true, validateEntrySizes: true, strictFileNames: true });
    const content = await inflate(file, await findEntry(file, wanted));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch (error) {
    if (error instanceof PlanGateError) throw error;
    // What yauzl, zlib and the decoder say of a broken file, which is never a bug of ours.
    throw refused(error instanceof Error ? lowerCase(error.message) : String(error), error);
  }
}

async function findEntry(file: ZipFile, wanted: string): Promise<Entry> {
  if (file.entryCount > limits.entries) throw refused(`it has more than ${limits.entries} entries`);
  const found: Entry[] = [];
  // `eachEntry` itself refuses absolute names, backslashes and `..`.
  for await (const entry of file.eachEntry()) {
    if (entry.fileName !== wanted) throw refused(`it holds \`${entry.fileName.slice(0, 200)}\` beside \`${wanted}\``);
    found.push(entry);
  }
  const [entry, ...others] = found;
  if (!entry) throw refused(`it does not hold \`${wanted}\``);
  if (others.length > 0) throw refused(`it holds \`${wanted}\` twice`);
  checkEntry(entry);
  return entry;
}

/** The upper half of the external attributes is the file's Unix mode; 0 where a tool of another system wrote none. */
function checkEntry(entry: Entry): void {
  const type = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (type !== 0 && type !== 0o100000) throw refused(`\`${entry.fileName}\` is a link, or no plain file`);
  const { compressedSize, uncompressedSize } = entry;
  if (uncompressedSize > limits.inflated) throw refused(`\`${entry.fileName}\` inflates to ${uncompressedSize} bytes`);
  if (uncompressedSize > limits.smallEnough && uncompressedSize > compressedSize * limits.ratio) {
    throw refused(`\`${entry.fileName}\` inflates to more than ${limits.ratio} times its size`);
  }
}

/** Yauzl refuses what is encrypted, and `validateEntrySizes` ends the stream as soon as there is more than the entry announced. */
async function inflate(file: ZipFile, entry: Entry): Promise<Buffer> {
  const stream = await file.openReadStreamPromise(entry);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const content = Buffer.concat(chunks);
  if (crc32(content) !== entry.crc32) throw refused(`\`${entry.fileName}\` has another checksum than it says`);
  return content;
}

function lowerCase(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1, 300)}`;
}

function refused(reason: string, cause?: unknown): PlanGateError {
  return new PlanGateError("artifact-refused", `the artifact is refused: ${reason}`, {
    hint: "Let the workflow that evaluates upload nothing but the file that plan-gate wrote, and run it once more.",
    ...(cause === undefined ? {} : { cause }),
  });
}
