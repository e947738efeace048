import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeEvaluations } from "../../src/evaluation/document.js";
import { readArtifact } from "../../src/stage/artifact.js";
import { handedOverFile, readHandedOver } from "../../src/stage/handed-over.js";
import { commits, everything } from "../evaluation/sets.js";
import { type ZipEntry, zipOf } from "./zip.js";

const name = "evaluation.json";
const good: ZipEntry = { name, content: '{"ünï":1}' };

test("the wanted file is read, deflated or stored", async () => {
  expect(await readArtifact(zipOf([good]), name)).toBe('{"ünï":1}');
  expect(await readArtifact(zipOf([{ ...good, stored: true }]), name)).toBe('{"ünï":1}');
  expect(await readArtifact(zipOf([{ ...good, mode: 0 }]), name)).toBe('{"ünï":1}');
});

test("a zip of another tool is read", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plan-gate-zip-"));
  try {
    const file = join(folder, "a.zip");
    writeFileSync(join(folder, name), "text ".repeat(5_000));
    const script =
      "import sys,zipfile; zipfile.ZipFile(sys.argv[1],'w',zipfile.ZIP_DEFLATED).write(sys.argv[2],sys.argv[3])";
    execFileSync("python3", ["-c", script, file, join(folder, name), name]);
    const { readFileSync } = await import("node:fs");
    expect(await readArtifact(readFileSync(file), name)).toBe("text ".repeat(5_000));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const zeros = Buffer.alloc(5_000_000);

test.each<[string, readonly ZipEntry[], RegExp]>([
  ["nothing in it", [], /does not hold `evaluation.json`/],
  ["another name", [{ ...good, name: "Evaluation.json" }], /holds `Evaluation.json` beside/],
  ["the name in a folder", [{ ...good, name: `x/${name}` }], /holds `x\/evaluation.json` beside/],
  ["a file beside it", [good, { name: "more", content: "" }], /holds `more` beside/],
  ["the file twice", [good, good], /holds `evaluation.json` twice/],
  ["a name upwards", [{ ...good, name: `../${name}` }], /invalid relative path/],
  ["a name upwards inside", [{ ...good, name: `a/../../${name}` }], /invalid relative path/],
  ["an absolute name", [{ ...good, name: `/${name}` }], /absolute path/],
  ["a drive's name", [{ ...good, name: `C:/${name}` }], /absolute path/],
  ["a backslash", [{ ...good, name: `a\\${name}` }], /invalid characters in fileName/],
  ["a link", [{ ...good, content: "/etc/passwd", mode: 0o120777 }], /is a link, or no plain file/],
  ["a folder by its mode", [{ ...good, mode: 0o040755 }], /is a link, or no plain file/],
  ["an encrypted file", [{ ...good, flags: 0x801 }], /is encrypted/],
  ["a wrong checksum", [{ ...good, crc: 7 }], /another checksum/],
  ["more bytes than it says", [{ ...good, content: zeros, size: 10 }], /too many bytes in the stream/],
  ["fewer bytes than it says", [{ ...good, size: 99 }], /not enough bytes in the stream/],
  ["stored bytes beside what it says", [{ ...good, stored: true, size: 99 }], /size mismatch/],
  ["a bomb", [{ ...good, content: zeros }], /inflates to more than 200 times its size/],
  ["a huge file", [{ ...good, size: 60_000_001 }], /inflates to 60000001 bytes/],
  ["too many entries", Array.from({ length: 21 }, (_, index) => ({ name: `f${index}`, content: "" })), /more than 20/],
  ["broken UTF-8", [{ ...good, content: Buffer.from([0x7b, 0xff]) }], /not valid/],
])("an artifact with %s is refused with the reason", async (_, entries, reason) => {
  await expect(readArtifact(zipOf(entries), name)).rejects.toThrow(
    expect.objectContaining({ code: "artifact-refused", message: expect.stringMatching(reason) }),
  );
});

test.each([
  ["no zip", Buffer.from("no zip at all"), /end of central directory/i],
  ["nothing", Buffer.alloc(0), /end of central directory/i],
  ["half a zip", zipOf([good]).subarray(10), /./],
  ["20 MB and more", Buffer.alloc(20_000_001), /more than 20000000 bytes/],
])("%s is refused with the reason", async (_, zip, reason) => {
  await expect(readArtifact(zip, name)).rejects.toThrow(
    expect.objectContaining({ code: "artifact-refused", message: expect.stringMatching(reason) }),
  );
});

test("whatever byte is damaged, the text is right or the artifact is refused", async () => {
  const zip = zipOf([good]);
  for (const [position, byte] of zip.entries()) {
    const damaged = Buffer.from(zip);
    damaged[position] = byte ^ 0xff;
    const read = await readArtifact(damaged, name).catch((error: unknown) => error);
    if (read === good.content) continue;
    expect(read).toMatchObject({ code: "artifact-refused" });
  }
});

const handedOver = zipOf([{ name: handedOverFile, content: writeEvaluations(everything) }]);

test("what was evaluated is handed over", async () => {
  expect(await readHandedOver(handedOver, { headSha: commits.head })).toEqual(everything);
});

test("a set that speaks of another head than its run is refused", async () => {
  await expect(readHandedOver(handedOver, { headSha: "9".repeat(40) })).rejects.toThrow(
    expect.objectContaining({ code: "artifact-refused", message: expect.stringContaining(commits.head) }),
  );
});

test("a document that is none is refused", async () => {
  const zip = zipOf([{ name: handedOverFile, content: "{}" }]);
  await expect(readHandedOver(zip, { headSha: commits.head })).rejects.toThrow(
    expect.objectContaining({ code: "evaluation-invalid" }),
  );
});
