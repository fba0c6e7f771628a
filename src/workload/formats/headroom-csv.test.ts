import { describe, expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import type { Problem } from "../../diagnostics/problem.js";
import { readTrace, readTraceText } from "../read-trace.js";
import { writeHeadroomCsv } from "../write-headroom-csv.js";

const HEADER =
  "id,submit_s,duration_s,workers,gpus,gpu_milli,cpu_milli,memory_mib,gpu_models,tenant,priority,walltime_s";

function problemsOf(text: string): readonly Problem[] {
  try {
    readTraceText("t.csv", text);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe("reading Headroom CSV", () => {
  test("reads every usual column in its unit", () => {
    const { jobs, format, guess, notes } = readTraceText(
      "t.csv",
      `${HEADER}\na,10,20.5,2,8,1000,96000,1024,A100|H100,vision,-3,3600\nb,11,1,,0,,500,,,,,\n`,
    );
    expect(format).toBe("headroom-csv");
    expect(guess).toBe("looks like Headroom CSV: columns submit_s, duration_s");
    expect(notes).toEqual([]);
    expect(jobs.count).toBe(2);
    expect(Array.from(jobs.submitS)).toEqual([10, 11]);
    expect(Array.from(jobs.durationS)).toEqual([20.5, 1]);
    expect(Array.from(jobs.workers)).toEqual([2, 1]);
    expect(Array.from(jobs.walltimeS)).toEqual([3600, Number.NaN]);
    expect(Array.from(jobs.priority)).toEqual([-3, 0]);
    expect(jobs.shapes[jobs.shape[0]!]).toEqual({
      cpuMilli: 96_000,
      memoryBytes: 1_073_741_824,
      gpuCount: 8,
      gpuMilli: 1000,
      gpuModels: ["A100", "H100"],
    });
    expect(jobs.shapes[jobs.shape[1]!]!.gpuMilli).toBe(0);
    expect(jobs.tenantNames[jobs.tenant[0]!]).toBe("vision");
  });

  test("three columns are enough", () => {
    const { jobs } = readTraceText("t.csv", "submit_s,duration_s,gpus\n0,5,4\n3,5,1\n");
    expect(jobs.ids).toEqual(["1", "2"]);
    expect(jobs.shapes[0]).toEqual({
      cpuMilli: 0,
      memoryBytes: 0,
      gpuCount: 4,
      gpuMilli: 1000,
      gpuModels: [],
    });
  });

  test("byte order mark, CR LF and a missing line end change nothing", () => {
    const plain = readTraceText("t.csv", "submit_s,duration_s,gpus\n0,5,4\n3,5,1\n").jobs;
    const odd = readTraceText("t.csv", "\uFEFFsubmit_s,duration_s,gpus\r\n0,5,4\r\n3,5,1").jobs;
    expect(odd).toEqual(plain);
    const bytes = new TextEncoder().encode("\uFEFFsubmit_s,duration_s,gpus\r\n0,5,4\r\n3,5,1");
    expect(readTraceText("t.csv", bytes).jobs).toEqual(plain);
  });

  const row = (values: string): string =>
    `submit_s,duration_s,gpus,workers,gpu_milli,id\n${values}\n`;
  test.each<[string, string, string, number, number, RegExp]>([
    ["NaN", row("0,NaN,1,1,,a"), "not-a-number", 2, 3, /duration_s must be .*, got NaN/],
    ["Infinity", row("Infinity,1,1,1,,a"), "not-a-number", 2, 1, /got Infinity/],
    ["negative", row("0,-5,1,1,,a"), "out-of-range", 2, 3, /got -5/],
    ["1e308", row("1e308,5,1,1,,a"), "out-of-range", 2, 1, /got 1e308/],
    ["1e999", row("1e999,5,1,1,,a"), "out-of-range", 2, 1, /got 1e999/],
    ["hexadecimal", row("0x10,5,1,1,,a"), "not-a-number", 2, 1, /got 0x10/],
    ["empty", row(",5,1,1,,a"), "not-a-number", 2, 1, /got an empty field/],
    [
      "half a GPU as a count",
      row("0,5,0.5,1,,a"),
      "not-whole",
      2,
      5,
      /gpus must be a whole number/,
    ],
    ["no workers", row("0,5,1,0,,a"), "out-of-range", 2, 7, /workers must be/],
    ["share above one", row("0,5,1,1,1001,a"), "out-of-range", 2, 9, /from 0 to 1000, got 1001/],
    [
      "share of several",
      row("0,5,2,1,500,a"),
      "share-of-several",
      2,
      9,
      /gpus must then be 1, got 2/,
    ],
    ["share of none", row("0,5,0,1,500,a"), "share-without-gpu", 2, 9, /with gpus 0, got 500/],
    ["zero share", row("0,5,1,1,0,a"), "out-of-range", 2, 9, /got 0/],
    ["no id", row("0,5,1,1,,"), "empty-id", 2, 10, /id must not be empty/],
    [
      "duplicate id",
      row("0,5,1,1,,a\n0,5,1,1,,b\n0,5,1,1,,a"),
      "duplicate-id",
      4,
      10,
      /job 1 of the file/,
    ],
    ["too few fields", row("0,5,1"), "field-count", 2, 6, /3 fields and the header 6/],
    ["too many fields", row("0,5,1,1,,a,b"), "field-count", 2, 12, /7 fields and the header 6/],
    ["NUL", row("0,5,1,1,,a\0"), "embedded-nul", 2, 10, /NUL/],
    ["unclosed quote", row('0,5,1,1,,"a'), "unclosed-quote", 2, 10, /not closed/],
  ])("%s is located", (_name, text, rule, line, col, message) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: "t.csv", rule, line, col });
    expect(problems[0]!.message).toMatch(message);
    expect(problems[0]!.sourceLine).toBe(text.split("\n")[line - 1]);
  });

  test.each<[string, string, Partial<Problem>]>([
    ["empty file", "", { rule: "empty-file", line: 1 }],
    ["blank file", "\n \n", { rule: "empty-file", line: 1 }],
    ["header only", `${HEADER}\n`, { rule: "no-jobs" }],
    ["missing column", "submit_s,duration_s,gpu\n0,1,1\n", { rule: "missing-column", line: 1 }],
    [
      "doubled column",
      "submit_s,duration_s,gpus,gpus\n0,1,1,1\n",
      { rule: "doubled-column", col: 26 },
    ],
    ["another file", "hello\nworld\n", { rule: "unknown-format", sourceLine: "hello" }],
  ])("%s is refused", (_name, text, want) => {
    const problems = problemsOf(text);
    expect(problems.at(-1)).toMatchObject(want);
  });

  test("a missing and an unknown column name each other", () => {
    const problems = problemsOf("submit_s,duration_s,gpu\n0,1,1\n");
    expect(problems[0]).toMatchObject({
      rule: "unknown-column",
      suggestion: "gpus",
      col: 21,
      endCol: 24,
    });
    expect(problems[1]!.message).toContain('lacks the column gpus; is "gpu" meant for it?');
  });

  test("an unknown column is refused with the nearest name", () => {
    const problems = problemsOf("submit_s,duration_s,gpus,tennant\n0,1,1,x\n");
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      rule: "unknown-column",
      suggestion: "tenant",
      line: 1,
      col: 26,
    });
  });

  const broken = Array.from({ length: 30 }, (_, index) => `${index},-1,1`).join("\n");
  const mixed = `submit_s,duration_s,gpus\n0,1,1\n${broken}\n5,1,1\n`;

  test("by default all problems come at once, twenty with their text and the rest counted", () => {
    const problems = problemsOf(mixed);
    expect(problems).toHaveLength(21);
    expect(problems[0]).toMatchObject({ line: 3, col: 3 });
    expect(problems[20]!.message).toContain("10 more problems");
    expect(problems[20]!.message).toContain("out-of-range 30");
  });

  test("refuse-first throws the first problem alone", () => {
    const read = () => readTraceText("t.csv", mixed, { brokenRows: "refuse-first" });
    expect(read).toThrow(InputError);
    try {
      read();
    } catch (error) {
      expect((error as InputError).problems).toHaveLength(1);
    }
  });

  test("leave-out keeps the good rows and counts the others", () => {
    const read = readTraceText("t.csv", mixed, { brokenRows: "leave-out" });
    expect(read.jobs.count).toBe(2);
    expect(read.problemCount).toBe(30);
    expect(read.problemCountByRule).toEqual({ "out-of-range": 30 });
    expect(read.problems).toHaveLength(20);
  });

  test("rows out of order are sorted stably with a note, zero durations get one", () => {
    const { jobs, notes } = readTraceText(
      "t.csv",
      "id,submit_s,duration_s,gpus\na,9,0,1\nb,3,1,1\nc,9,0,1\nd,3,1,1\n",
    );
    expect(jobs.ids).toEqual(["b", "d", "a", "c"]);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toBe("2 jobs last 0 seconds");
    expect(notes[1]).toMatch(/^2 rows are submitted before the row above them/);
  });

  test("more rows than the limit are refused", () => {
    const text = "submit_s,duration_s,gpus\n0,1,1\n0,1,1\n0,1,1\n";
    expect(() => readTraceText("t.csv", text, { rowsMax: 2 })).toThrow(/more than 2 rows/);
  });

  test("dependencies name jobs above, and only those", () => {
    const text = (after: string): string =>
      `id,submit_s,duration_s,gpus,after\na,0,1,1,\nb,0,1,1,\nc,0,1,1,${after}\n`;
    const { jobs } = readTraceText("t.csv", text("a|b"));
    expect(Array.from(jobs.dependencyOffset!)).toEqual([0, 0, 0, 2]);
    expect(Array.from(jobs.dependencies!)).toEqual([0, 1]);
    expect(problemsOf(text("c"))[0]).toMatchObject({ rule: "unknown-job", line: 4, col: 9 });
  });

  test.each([
    ["UTF-16", [0xff, 0xfe, 0x61, 0x00], /is UTF-16 text/],
    ["a stray byte", [0x61, 0x80, 0x61], /is not UTF-8 text, after byte 0/],
    ["an overlong form", [0xc0, 0x80], /is not UTF-8 text/],
    ["a character cut by the end", [0x61, 0xc3], /is not UTF-8 text, after byte 1/],
  ])("%s is refused", (_name, bytes, message) => {
    expect(() => readTraceText("t.csv", Uint8Array.from(bytes))).toThrow(message);
  });

  test("characters cut between pieces are whole again", async () => {
    const bytes = new TextEncoder().encode("submit_s,duration_s,gpus,tenant\n0,1,1,größe€𝄞\n");
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (const byte of bytes) yield Uint8Array.of(byte);
    }
    const { jobs } = await readTrace({ file: "t.csv", chunks: pieces() });
    expect(jobs.tenantNames).toEqual(["größe€𝄞"]);
  });
});

describe("writeHeadroomCsv", () => {
  const everything = [
    "id,submit_s,duration_s,workers,gpus,gpu_milli,cpu_milli,memory_mib,gpu_models,tenant,priority,walltime_s,partition,user,gang_gpus,status,recorded_start_s,recorded_end_s,workers_min,workers_max,deadline_s,preemptible,checkpoint_interval_s,checkpoint_cost_s,after",
    'a,0.1,20.5,2,8,1000,96000,1024,A100|H100,"vi,sion",-3,3600,p1,ann,12,failed,1,5,1,4,99,1,600,30,',
    "b,2,1,1,1,250,0,0,,x,0,,,,1,unknown,,,1,1,,0,,,a",
    "",
  ].join("\n");

  test("writes what was read, byte for byte", () => {
    const { jobs } = readTraceText("t.csv", everything);
    expect([...writeHeadroomCsv(jobs)].join("")).toBe(everything);
  });

  test("neutralises text that a spreadsheet would run", () => {
    const { jobs } = readTraceText("t.csv", "id,submit_s,duration_s,gpus\n=1+1,0,1,1\n");
    expect([...writeHeadroomCsv(jobs)].join("")).toContain("\n'=1+1,0,");
  });
});
