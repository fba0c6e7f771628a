/* What the simulator uses of `node:fs` and `node:fs/promises`, over the files a page carries. */
import { absolutePath, fileAt, isFolder, namesIn } from "../virtual-files.js";

/** As in Node: what may be asked of a file. */
export const constants = { R_OK: 4 } as const;

interface Status {
  readonly size: number;
  isDirectory(): boolean;
  isFile(): boolean;
}

/** As in Node, with the one error there is here. */
class NoSuchFile extends Error {
  readonly code = "ENOENT";
}

function bytesAt(path: string): Uint8Array {
  const bytes = fileAt(path);
  if (bytes === undefined) throw new NoSuchFile(`ENOENT: no such file, open '${path}'`);
  return bytes;
}

/** A text with an encoding, bytes without one. */
export function readFileSync(path: string | URL, encoding?: string): string | Uint8Array {
  const bytes = bytesAt(typeof path === "string" ? path : path.pathname);
  return encoding === undefined ? bytes : new TextDecoder().decode(bytes);
}

/** Throws when there is no such file or folder. */
export function accessSync(path: string): void {
  statSync(path);
}

/** Size and kind. */
export function statSync(path: string): Status {
  const bytes = fileAt(path);
  if (bytes === undefined && !isFolder(path))
    throw new NoSuchFile(`ENOENT: no such file, stat '${path}'`);
  return {
    size: bytes?.length ?? 0,
    isDirectory: () => bytes === undefined,
    isFile: () => bytes !== undefined,
  };
}

/** Names of the files in a folder. */
export function readdirSync(path: string): readonly string[] {
  return namesIn(path);
}

/** A page carries nothing that its scenario may not read: its root is the top of the project. */
export function existsSync(path: string): boolean {
  return absolutePath(path) === "/.git" || fileAt(path) !== undefined || isFolder(path);
}

/** There are no links here. */
export function realpathSync(path: string): string {
  statSync(path);
  return absolutePath(path);
}

/** The bytes in pieces. */
export async function* createReadStream(
  path: string,
  { highWaterMark = 65_536 }: { readonly highWaterMark?: number } = {},
): AsyncGenerator<Uint8Array> {
  const bytes = bytesAt(path);
  for (let at = 0; at < bytes.length; at += highWaterMark) {
    yield await Promise.resolve(bytes.subarray(at, at + highWaterMark));
  }
}

/** A file opened for reading. */
export interface OpenFile {
  stat(): Promise<Status>;
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
  ): Promise<{ readonly bytesRead: number; readonly buffer: Uint8Array }>;
  close(): Promise<void>;
}

/** As in `node:fs/promises`. */
export function open(path: string): Promise<OpenFile> {
  let at = 0;
  try {
    const status = statSync(path);
    return Promise.resolve({
      stat: () => Promise.resolve(status),
      read(buffer, offset, length) {
        const piece = bytesAt(path).subarray(at, at + length);
        buffer.set(piece, offset);
        at += piece.length;
        return Promise.resolve({ bytesRead: piece.length, buffer });
      },
      close: () => Promise.resolve(),
    });
  } catch (error) {
    return Promise.reject(error as Error);
  }
}
