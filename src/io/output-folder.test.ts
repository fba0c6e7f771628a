import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { InputError } from "../diagnostics/problem.js";
import { asOutputError, checkOutputFolder } from "./output-folder.js";
import { writeFilesAtomically } from "./write-files.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headroom-output-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const RESULT = { name: "result.json", chunks: ['{\n  "schema": "headroom/result/v1"\n}\n'] };

/** The message of the one problem. */
function refusal(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ message }) => message).join("\n");
    throw error;
  }
  return "accepted";
}

test("a folder that is not there yet, or empty, is accepted", () => {
  checkOutputFolder(join(folder, "a", "b"), ["result.json"]);
  checkOutputFolder(folder, ["result.json"]);
  expect(existsSync(join(folder, "a"))).toBe(false);
});

test("no name, a file, and a path through a file are refused", () => {
  writeFileSync(join(folder, "file"), "");
  expect(refusal(() => checkOutputFolder("", []))).toBe("the output folder has no name");
  expect(refusal(() => checkOutputFolder(" ", []))).toBe("the output folder has no name");
  expect(refusal(() => checkOutputFolder(join(folder, "file"), []))).toBe(
    "is a file, and the report needs a folder",
  );
  expect(refusal(() => checkOutputFolder(join(folder, "file", "x"), []))).toMatch(
    /^cannot be made: .*file is a file$/,
  );
});

test("somebody else's files of the same names are never overwritten", async () => {
  writeFileSync(join(folder, "jobs.csv"), "my trace");
  const message = "holds jobs.csv, and not from an earlier report: writing would overwrite it";
  expect(refusal(() => checkOutputFolder(folder, ["jobs.csv", "result.json"]))).toBe(message);
  await expect(
    writeFilesAtomically(folder, [RESULT, { name: "jobs.csv", chunks: ["new"] }]),
  ).rejects.toThrow(message);
  expect(readFileSync(join(folder, "jobs.csv"), "utf8")).toBe("my trace");
  expect(existsSync(join(folder, "result.json"))).toBe(false);
});

test("a result.json of another program is no earlier report", () => {
  writeFileSync(join(folder, "result.json"), '{ "schema": "theirs" }');
  expect(refusal(() => checkOutputFolder(folder, ["result.json"]))).toMatch(/^holds result\.json/);
});

test("an earlier report is replaced, and only files that reports write are removed", async () => {
  await writeFilesAtomically(folder, [
    RESULT,
    { name: "charts/queue.vl.json", chunks: ["{}"] },
    { name: "variants/2/jobs.csv", chunks: ["x"] },
    { name: "variants/2/utilization.csv", chunks: ["x"] },
  ]);
  writeFileSync(join(folder, "charts", "mine.yaml"), "helm");
  await writeFilesAtomically(folder, [RESULT]);
  expect(existsSync(join(folder, "charts", "queue.vl.json"))).toBe(false);
  expect(existsSync(join(folder, "variants"))).toBe(false);
  expect(readFileSync(join(folder, "charts", "mine.yaml"), "utf8")).toBe("helm");
});

test("folders of other people named charts and variants are left alone", async () => {
  mkdirSync(join(folder, "charts", "app"), { recursive: true });
  writeFileSync(join(folder, "charts", "app", "Chart.yaml"), "name: app");
  writeFileSync(join(folder, "charts", "old.vl.json"), "{}");
  await writeFilesAtomically(folder, [RESULT]);
  expect(existsSync(join(folder, "charts", "app", "Chart.yaml"))).toBe(true);
  expect(existsSync(join(folder, "charts", "old.vl.json"))).toBe(true);
});

test("an error takes back the folders made for the report", async () => {
  const disk = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
  });
  function* full(): Generator<string> {
    yield "x";
    throw disk;
  }
  const out = join(folder, "a", "b");
  await expect(
    writeFilesAtomically(out, [RESULT, { name: "variants/1/jobs.csv", chunks: full() }]),
  ).rejects.toThrow(`${out}: has no space left: the disk is full`);
  expect(existsSync(join(folder, "a"))).toBe(false);
});

test("errors that are not the file system's pass unchanged", () => {
  const defect = new Error("a job ended twice");
  expect(asOutputError("out", defect)).toBe(defect);
});
