import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { writeFilesAtomically } from "./write-files.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headroom-write-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("writes chunks in order, into folders it makes", async () => {
  await writeFilesAtomically(folder, [{ name: "charts/a.json", chunks: ["1", "2"] }]);
  expect(readFileSync(join(folder, "charts", "a.json"), "utf8")).toBe("12");
});

test("an error in the last file leaves nothing new and nothing temporary behind", async () => {
  const old = '{ "schema": "headroom/result/v1", "decision": "old" }';
  await writeFilesAtomically(folder, [{ name: "result.json", chunks: [old] }]);
  function* broken(): Generator<string> {
    yield "new";
    throw new Error("disk full");
  }
  const files = [
    { name: "result.json", chunks: ["new"] },
    { name: "b", chunks: broken() },
  ];
  await expect(writeFilesAtomically(folder, files)).rejects.toThrow("disk full");
  expect(readFileSync(join(folder, "result.json"), "utf8")).toBe(old);
  expect(readdirSync(folder)).toEqual(["result.json"]);
});

test("files of an earlier run do not stay where this run has none", async () => {
  await writeFilesAtomically(folder, [
    { name: "notes.txt", chunks: ["mine"] },
    { name: "result.json", chunks: [`{\n  "schema": "headroom/result/v1"\n}\n`] },
    { name: "variants/2/jobs.csv", chunks: ["x"] },
  ]);
  await writeFilesAtomically(folder, [{ name: "variants/1/jobs.csv", chunks: ["y"] }]);
  expect(existsSync(join(folder, "variants", "2", "jobs.csv"))).toBe(false);
  expect(existsSync(join(folder, "variants", "1", "jobs.csv"))).toBe(true);
  expect(existsSync(join(folder, "notes.txt"))).toBe(true);
});
