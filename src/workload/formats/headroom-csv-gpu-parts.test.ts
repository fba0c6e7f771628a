import { describe, expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { readTraceText } from "../read-trace.js";
import { writeHeadroomCsv } from "../write-headroom-csv.js";

const HEADER = "id,submit_s,duration_s,gpus,gpu_milli,mig,gpu_memory_mib,gpu_replica";

describe("parts of GPUs in Headroom CSV", () => {
  test("profiles in order of preference, memory, replicas, and nothing", () => {
    const { jobs } = readTraceText(
      "t.csv",
      `${HEADER}\na,0,1,1,,1G.10GB| 2g.20gb,,\nb,0,1,1,200,,9216,\nc,0,1,1,,,,1\nd,0,1,1,,,,\n`,
    );
    const partOf = (row: number): unknown => jobs.shapes[jobs.shape[row]!]!.gpuPart;
    expect(partOf(0)).toEqual({
      migProfiles: ["1g.10gb", "2g.20gb"],
      isMigOnly: true,
      gpuMemoryBytes: 0,
      isReplicaEnough: false,
    });
    expect(partOf(1)).toMatchObject({ isMigOnly: false, gpuMemoryBytes: 9216 * 2 ** 20 });
    expect(partOf(2)).toMatchObject({ isMigOnly: false, isReplicaEnough: true });
    expect(partOf(3)).toBeUndefined();
    expect(jobs.shapes).toHaveLength(4);
  });

  test("writing what was read gives the same jobs again", () => {
    const text = `${HEADER}\na,0,1,2,,1g.10gb|2g.20gb,,\nb,0,1,1,200,,9216,\nc,0,1,1,,,,1\nd,0,1,1,,,,\n`;
    const { jobs } = readTraceText("t.csv", text);
    const written = [...writeHeadroomCsv(jobs)].join("");
    const again = readTraceText("t.csv", written).jobs;
    expect(again.shapes).toEqual(jobs.shapes);
    expect([...writeHeadroomCsv(again)].join("")).toBe(written);
  });

  test.each<[string, string, string, string]>([
    [
      "a name that is no profile",
      "a,0,1,1,,1g-10gb,,",
      "mig",
      "must name MIG profiles such as 1g.10gb, got 1g-10gb",
    ],
    [
      "profiles and a share",
      "a,0,1,1,200,1g.10gb,,",
      "mig",
      "must be empty with a share of a GPU (gpu_milli 200)",
    ],
    [
      "memory without a GPU",
      "a,0,1,0,,,100,",
      "gpu_memory_mib",
      "gpu_memory_mib must be empty with gpus 0",
    ],
    [
      "neither yes nor no",
      "a,0,1,1,,,,maybe",
      "gpu_replica",
      "must be 1, 0, true, false or empty, got maybe",
    ],
  ])("%s is refused", (_what, row, path, message) => {
    let problems: InputError["problems"] = [];
    try {
      readTraceText("t.csv", `${HEADER}\n${row}\n`);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      ({ problems } = error);
    }
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: "t.csv", line: 2, path });
    expect(problems[0]!.message).toContain(message);
  });
});
