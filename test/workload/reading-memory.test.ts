import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// Goal: a trace of any length needs memory for its jobs and not for its text.
// Method: a process of its own reads a generated stream and reports its peak resident memory, where the kernel tells
// it of this program alone: the figure of resourceUsage() begins with what the process that started it had.
const entry = fileURLToPath(new URL("../../src/workload/read-trace.ts", import.meta.url));
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "headroom-memory-"));
  const outfile = join(folder, "read-trace.mjs");
  await build({ entryPoints: [entry], bundle: true, format: "esm", platform: "node", outfile });
  writeFileSync(join(folder, "run.mjs"), CHILD);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows of each format; ids long enough that a view of the text would keep the text alive. */
const CHILD = `
import { existsSync, readFileSync } from "node:fs";
import { readTrace } from "./read-trace.mjs";
const [format, count] = [process.argv[2], Number(process.argv[3])];
const time = (s) => new Date(1.5e12 + s * 1000).toISOString().slice(0, 19);
const formats = {
  "headroom-csv": { head: "id,submit_s,duration_s,workers,gpus,cpu_milli,memory_mib,tenant,walltime_s\\n", tail: "",
    row: (i) => \`application_1506638472019_\${i},\${i},\${(i * 7919) % 86400},1,\${1 + (i % 8)},8000,65536,team-\${i % 40},90000\\n\` },
  "slurm-sacct": { head: "JobID|User|Account|State|Submit|Start|End|TimelimitRaw|NNodes|ReqTRES|AllocTRES\\n", tail: "",
    row: (i) => \`\${i}|user\${i % 500}|acc\${i % 40}|COMPLETED|\${time(i)}|\${time(i + 60)}|\${time(i + 3600)}|720|1|cpu=8,gres/gpu=1,mem=64G,node=1|cpu=8,gres/gpu:h100=1,gres/gpu=1,mem=64G,node=1\\n\` },
  "philly-json": { head: "[", tail: "]",
    row: (i) => (i === 0 ? "" : ",\\n") + JSON.stringify({ status: "Pass", vc: "vc" + (i % 15), jobid: "application_1506638472019_" + i, user: "u" + (i % 300), submitted_time: time(i).replace("T", " "),
      attempts: [{ start_time: time(i + 5).replace("T", " "), end_time: time(i + 500).replace("T", " "), detail: [{ ip: "m1", gpus: ["gpu0", "gpu1"] }] }] }) },
};
const { head, tail, row } = formats[format];
async function* chunks() {
  yield head;
  const encoder = new TextEncoder();
  for (let i = 0; i < count; ) {
    const rows = [];
    for (let n = 0; n < 100 && i < count; n += 1, i += 1) rows.push(row(i));
    yield encoder.encode(rows.join(""));
  }
  yield tail;
}
const { jobs } = await readTrace({ file: "t", chunks: chunks() }, { format });
const status = "/proc/self/status";
const own = existsSync(status) ? /^VmHWM:\\s*(\\d+) kB$/m.exec(readFileSync(status, "utf8")) : null;
const peakKb = own === null ? process.resourceUsage().maxRSS : Number(own[1]);
console.log(JSON.stringify({ jobs: jobs.count, peakMb: peakKb / 1024 }));
`;

/** With a heap of so many MB: what is asked is the memory that is needed, and not how long garbage may lie. */
function peakOf(
  format: string,
  rows: number,
  heapMb: number,
): { readonly jobs: number; readonly peakMb: number } {
  const heap = ["--max-semi-space-size=8", `--max-old-space-size=${heapMb}`];
  const args = [...heap, join(folder, "run.mjs"), format, String(rows)];
  const result = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(result.stderr).toBe("");
  return JSON.parse(result.stdout) as { jobs: number; peakMb: number };
}

// The long ones take about 30 s on a busy machine: `HEADROOM_FULL_TESTS=1 npx vitest run test/workload`.
const full = process.env["HEADROOM_FULL_TESTS"] === "1";

describe("memory while reading", () => {
  test.each(["headroom-csv", "slurm-sacct", "philly-json"])(
    "%s: 200,000 jobs in 140 MB",
    (format) => {
      const { jobs, peakMb } = peakOf(format, 200_000, 64);
      expect(jobs).toBe(200_000);
      expect(peakMb).toBeLessThan(140);
    },
  );

  // The bar of the project is 300 MB.
  test.runIf(full).each([
    ["headroom-csv", 260],
    ["slurm-sacct", 260],
    ["philly-json", 260],
  ])("%s: 1,000,000 jobs in %d MB", (format, limitMb) => {
    const { jobs, peakMb } = peakOf(format, 1_000_000, 200);
    expect(jobs).toBe(1_000_000);
    expect(peakMb).toBeLessThan(limitMb);
  });
});
