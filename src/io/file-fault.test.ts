import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { InputError } from "../diagnostics/problem.js";
import { fileFault } from "./file-fault.js";
import { readBytes, readTextFile } from "./read-file.js";
import { writeTextFile } from "./write-text-file.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headroom-fault-"));
  writeFileSync(join(folder, "week.csv"), "x");
  mkdirSync(join(folder, "traces"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a file that is there has no fault", () => {
  expect(fileFault(join(folder, "week.csv"))).toBeUndefined();
});

test("a missing file names its nearest neighbour and where was looked", () => {
  const path = join(folder, "wek.csv");
  expect(fileFault(path)).toEqual({
    message: "does not exist",
    suggestion: "week.csv",
    help: `looked for ${path}`,
  });
  expect(fileFault("nowhere/at/all.csv")).toEqual({
    message: "does not exist",
    help: "looked for nowhere/at/all.csv, seen from where the command runs",
  });
});

test("folders, paths through files and circles of links are called what they are", () => {
  symlinkSync(join(folder, "loop"), join(folder, "loop"));
  expect(fileFault(join(folder, "traces"))?.message).toBe("is a folder, a file is needed");
  expect(fileFault(join(folder, "week.csv", "x"))?.message).toMatch(/a part of its path is a file/);
  expect(fileFault(join(folder, "loop"))?.message).toMatch(/leads in a circle/);
  expect(fileFault(join(folder, "n".repeat(300)))?.message).toMatch(/too long/);
});

test("a file over the limit is refused by its size, a device that never ends by what came", async () => {
  const limit = { bytesMax: 3, help: "make it shorter" };
  const path = join(folder, "long");
  writeFileSync(path, "1234");
  await expect(readBytes(path, limit)).rejects.toThrow("is 4 bytes; at most 3 are read at once");
  await expect(readBytes("/dev/zero", limit)).rejects.toThrow(
    "is more than 3 bytes; at most 3 are read at once",
  );
  await expect(readBytes(path, limit)).rejects.toBeInstanceOf(InputError);
  writeFileSync(path, "123");
  expect(Buffer.from((await readBytes(path, limit)).bytes).toString()).toBe("123");
});

test.each([
  ["UTF-16 as Windows writes it", Buffer.from("\uFEFFa: b", "utf16le"), "is UTF-16 text"],
  ["UTF-16 the other way round", Buffer.from("\uFEFFa: b", "utf16le").swap16(), "iconv -f UTF-16"],
  ["Latin-1", Buffer.from("caf\u00e9", "latin1"), "is not UTF-8 text"],
])("text that is no UTF-8 is told with the way out: %s", async (_, bytes, said) => {
  const path = join(folder, "text.yaml");
  writeFileSync(path, bytes);
  const error: unknown = await readTextFile(path).catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(InputError);
  const [problem] = (error as InputError).problems;
  expect(`${problem!.message} ${problem!.help}`).toContain(said);
});

test.each([
  ["", "is empty"],
  ["n".repeat(300), "too long"],
  ["week.csv/x", "not a folder"],
  ["traces", "is a folder"],
])("a file that cannot be written is told: %j", async (name, said) => {
  const path = name === "" ? "" : join(folder, name);
  await expect(writeTextFile(path, ["x"])).rejects.toThrow(InputError);
  await expect(writeTextFile(path, ["x"])).rejects.toThrow(said);
  expect(readdirSync(folder).sort()).toEqual(["traces", "week.csv"]);
});
