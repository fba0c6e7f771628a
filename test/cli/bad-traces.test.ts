// Traces as they arrive from people: every broken row is counted and located, and nothing is dropped silently.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

import { headroom, temporaryFolder, type CommandResult } from "./headroom.js";

const HEAD = "id,submit_s,duration_s,gpus\n";
const SACCT = "JobID|State|Submit|Start|End|NNodes|AllocTRES\n";

function describeTrace(
  name: string,
  content: string | Buffer,
  ...args: readonly string[]
): CommandResult {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), content);
  return headroom(["trace", "describe", name, ...args], { cwd: folder });
}

describe("a trace with broken rows is described without them, and says which", () => {
  test.each<[string, string, readonly string[]]>([
    [
      "a negative duration",
      `${HEAD}a,0,10,1\nb,5,-3,1\n`,
      ["Broken and left out: 1 problem", "t.csv:3:5  duration_s must be a number from 0"],
    ],
    [
      "words for numbers",
      `${HEAD}a,0,10,1\nb,soon,3,1\n`,
      ["t.csv:3:3  submit_s must be a number", "got soon"],
    ],
    [
      "an id that stands twice",
      `${HEAD}a,0,10,1\na,5,3,1\n`,
      ['t.csv:3:1  id "a" is already that of job 1 of the file'],
    ],
    ["too few fields", `${HEAD}a,0,10,1\nb,5\n`, ["field-count 1", "t.csv:3:"]],
    [
      "times that run backwards",
      `${HEAD}a,10,10,1\nb,5,3,1\n`,
      ["1 row is submitted before the row above"],
    ],
    ["a duration of zero", `${HEAD}a,0,0,1\nb,5,3,1\n`, ["1 job lasts 0 seconds"]],
    [
      "a job that is larger than the cluster",
      `${HEAD}a,0,10,1\nbig,5,3,99\n`,
      ["1 job asks for more than 8 GPUs and can never start", "the largest, big, asks for 99"],
    ],
  ])("%s", (_what, content, fragments) => {
    const { exitCode, stdout } = describeTrace("t.csv", content, "--gpus", "8");
    const said = stdout.replace(/\s+/g, " ");
    for (const fragment of fragments) expect(said).toContain(fragment.replace(/\s+/g, " "));
    expect(exitCode).toBe(0);
  });

  test("times with and without a zone are not mixed", () => {
    const row = (id: number, submit: string): string =>
      `${id}|COMPLETED|${submit}|2026-01-05T08:01:00Z|2026-01-05T09:00:00Z|1|gres/gpu=1\n`;
    const { stdout } = describeTrace(
      "t.txt",
      SACCT + row(1, "2026-01-05T08:00:00Z") + row(2, "2026-01-05T08:00:00"),
    );
    expect(stdout).toContain("mixed-zones 1");
    expect(stdout).toContain("t.txt:3:13");
  });
});

describe("a trace that cannot be used is refused with its place and what to do", () => {
  test.each<[string, string, string | Buffer, readonly string[], string]>([
    ["an empty file", "t.csv", "", [], "t.csv:1:1: the file is empty. [empty-file]"],
    ["a header alone", "t.csv", HEAD, [], "has a header and no rows. [no-jobs]"],
    ["nothing but broken rows", "t.csv", `${HEAD}a,x,1,1\n`, [], "t.csv:2:3: submit_s must be"],
    [
      "the first broken row under --strict",
      "t.csv",
      `${HEAD}a,0,1,1\nb,x,1,1\nc,y,1,1\n`,
      ["--strict"],
      "t.csv:3:3: submit_s must be a number",
    ],
    [
      "gzip that was cut off",
      "t.csv.gz",
      gzipSync(`${HEAD}a,0,1,1\n`).subarray(0, 30),
      [],
      "is not complete gzip",
    ],
    [
      "gzip that is none",
      "t.csv.gz",
      Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
      [],
      "gzip",
    ],
    ["a table of something else", "t.csv", "name,age\nada,36\n", [], "[unknown-format]"],
    ["bytes that are no text", "t.csv", Buffer.from([0xff, 0xfe, 0x00, 0x01]), [], "t.csv"],
  ])("%s", (_what, name, content, args, message) => {
    const { exitCode, stdout, stderr } = describeTrace(name, content, ...args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/at .*\.js:\d+/);
    expect(stderr).toContain("nothing was written");
  });
});

test("a run refuses a trace with broken rows, and shows every one of them", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "t.csv"), `${HEAD}a,0,10,1\nb,x,3,1\nc,5,-1,1\n`);
  writeFileSync(
    join(folder, "s.yaml"),
    `schema: headroom/scenario/v1
name: bad
cluster: { nodes: [{ name: n, count: 1, gpu: H100, gpus: 8, cpu: 96, memory: 1TiB }] }
workload: { trace: t.csv }
policy: { queue: fifo-skip, placement: pack }
`,
  );
  const { exitCode, stderr } = headroom(["run", "s.yaml"], { cwd: folder });
  expect(exitCode).toBe(2);
  expect(stderr).toContain("t.csv:3:3: submit_s");
  expect(stderr).toContain("t.csv:4:5: duration_s");
  expect(stderr).toContain("2 problems; nothing was written.");
});
