import { crc32, deflateRawSync } from "node:zlib";

/** One entry, and the lies that it tells. */
export interface ZipEntry {
  readonly name: string;
  readonly content: string | Buffer;
  /** Stored as it is instead of deflated. */
  readonly stored?: boolean;
  readonly crc?: number;
  /** The size that it says it inflates to. */
  readonly size?: number;
  /** General purpose bits; 1 is encrypted, 0x800 a UTF-8 name. */
  readonly flags?: number;
  /** Unix mode with the file's type; 0o120777 is a link. */
  readonly mode?: number;
}

/** A zip as an uploading tool would make it, but for what the entries say themselves. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const content = Buffer.from(entry.content);
    const data = entry.stored ? content : deflateRawSync(content);
    const common = commonHeader(entry, content, data.length, name.length);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), common, name, data]);
    const head = Buffer.alloc(6);
    head.write("PK\u0001\u0002", "latin1");
    head.writeUInt16LE((3 << 8) | 20, 4);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([head, common, tail, name]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** What the entry's own header and the central directory both say. */
function commonHeader(entry: ZipEntry, content: Buffer, compressed: number, nameLength: number): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0);
  header.writeUInt16LE(entry.flags ?? 0x800, 2);
  header.writeUInt16LE(entry.stored ? 0 : 8, 4);
  header.writeUInt32LE(entry.crc ?? crc32(content), 10);
  header.writeUInt32LE(compressed, 14);
  header.writeUInt32LE(entry.size ?? content.length, 18);
  header.writeUInt16LE(nameLength, 22);
  return header;
}
