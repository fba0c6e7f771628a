import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { InputError } from "../diagnostics/problem.js";
import { openTraceChunks, openTraceFile } from "./trace-file.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headroom-trace-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function readAll(path: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of openTraceChunks(path)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe("openTraceFile", () => {
  // Larger than one piece and incompressible, so that both directions need several pieces.
  const content = randomBytes(700_000);

  test("plain bytes come as they are, with the hash of the stored bytes", async () => {
    const file = openTraceFile(await write("plain.csv", content));
    expect(file.sha256).toBeUndefined();
    const pieces: Uint8Array[] = [];
    for await (const piece of file.chunks) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
    expect(file.sha256).toBe(createHash("sha256").update(content).digest("hex"));
  });

  test("gzip is recognised by its bytes, not by its name", async () => {
    const unzipped = await readAll(await write("trace.csv", gzipSync(content)));
    expect(content.equals(unzipped)).toBe(true);
    const joined = Buffer.concat([gzipSync("a,b\n"), gzipSync("1,2\n")]);
    expect((await readAll(await write("joined.gz", joined))).toString()).toBe("a,b\n1,2\n");
  });

  test("an empty file has no pieces", async () => {
    expect(await readAll(await write("empty.csv", new Uint8Array()))).toHaveLength(0);
  });

  test.each([10, 1000, 699_000])("gzip cut after %d bytes is refused", async (length) => {
    const path = await write(`cut-${length}.gz`, gzipSync(content).subarray(0, length));
    await expect(readAll(path)).rejects.toThrow(/is not complete gzip/);
    await expect(readAll(path)).rejects.toBeInstanceOf(InputError);
  });

  test("damaged gzip is refused", async () => {
    const damaged = gzipSync(content);
    damaged.fill(0, 300_000, 300_100);
    await expect(readAll(await write("bad.gz", damaged))).rejects.toBeInstanceOf(InputError);
  });

  test("a missing file is refused by name", async () => {
    await expect(readAll(join(folder, "none.csv"))).rejects.toThrow(/none\.csv: does not exist/);
  });

  test("a reader may stop early", async () => {
    const path = await write("early.gz", gzipSync(content));
    for await (const piece of openTraceChunks(path)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
  });
});

test("data behind complete gzip is called what it is", async () => {
  const behind = Buffer.concat([gzipSync("a,b\n1,2\n"), Buffer.from("garbage")]);
  const path = await write("behind.gz", behind);
  await expect(readAll(path)).rejects.toThrow("holds other data behind its gzip content");
});
