import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import type { NodeSpec } from "../../cluster/spec.js";
import {
  parseCalibration,
  type CalibrationFile,
  type NamedCalibration,
} from "../../performance/calibrated/calibration-file.js";
import { findDecoder } from "../../performance/llm/known-decoders.js";
import type { NodeGroup } from "../resolved.js";
import { planOnGroups } from "../services/service-hosts.js";
import { parseScenario } from "../parse-scenario.js";
import { resolveScenario } from "../resolve-scenario.js";

const H100 = readFileSync(
  join(import.meta.dirname, "../../../bench/calibrations/h100-sxm.json"),
  "utf8",
);

function scenario(cluster: string, files: Readonly<Record<string, string>>, gpu = "h100") {
  const text = `schema: headroom/scenario/v1
name: calibrated
cluster:
  nodes: [{ name: ${gpu}, count: 2, sku: Standard_ND96isr_H100_v5${gpu === "shared" ? ", partitioning: { mode: time-slicing, replicas: 4 }" : ""} }]
${cluster}
workload:
  jobs:
    - ${gpu === "shared" ? "{ id: a, submit: 0, gpus: 1, duration: 1h }" : "{ id: a, submit: 0, gpus: 8, workers: 2, model: { name: Llama-3-8B, tensor: 8, globalBatch: 256, tokens: 1000000000 } }"}
policy: { queue: fifo-strict, placement: pack }
`;
  const parsed = parseScenario({
    file: "s.yaml",
    text,
    catalogueText: ({ written }) => files[written]!,
    fileFault: (path) => (files[path] === undefined ? { message: "does not exist" } : undefined),
  });
  return resolveScenario(parsed);
}

const NAMED = "  calibrations: [h100.json]";
const assumed = (resolved: ReturnType<typeof scenario>, id: string) =>
  resolved.base.assumptions.find((entry) => entry.id === id);

const H100_NODE = { gpuModel: "H100 SXM5-80GB", gpuCount: 1 } as NodeSpec;

describe("calibrations of services", () => {
  const model = findDecoder("llama-3.1-8b-instruct");
  const plan = (calibrations: readonly NamedCalibration[]) => {
    if (model.kind !== "found") throw new Error("no model");
    const machines = {
      nodes: [H100_NODE],
      nodeGroups: [{ name: "h100", count: 1, firstNode: 0 } as NodeGroup],
      calibrations,
    };
    const parallelism = { tensor: 1, pipeline: 1, data: 1 };
    const asked = { parallelism, engine: { stepTime: "roofline" }, mig: undefined };
    const planned = planOnGroups(model.model, machines, asked, () => true).planned.get(0)!;
    const stepS = planned.stepTime.stepS({
      prefills: [],
      decodes: 8,
      decodeCacheTokens: 8000,
      decodeCacheTokensMax: 1000,
    });
    return { stepS, measured: planned.assumptions.filter((one) => one.provenance === "measured") };
  };

  test("step times rest on the measured rates, and say so", () => {
    const named = {
      ...{ file: "h100.json", sha256: "0".repeat(64) },
      calibration: parseCalibration("h100.json", H100),
    };
    const [without, with_] = [plan([]), plan([named])];
    expect(without.measured).toEqual([]);
    expect(with_.measured).toMatchObject([
      { id: "serving/measured-rates", value: expect.stringContaining("bf16 786.5 TFLOP/s") },
    ]);
    expect(with_.measured[0]!.source).toContain("h100.json");
    // 2.95 TB/s were measured, 80 % of 3.35 TB/s are assumed without: reading the weights takes less time.
    expect(with_.stepS).toBeLessThan(without.stepS);
    expect(with_.stepS).toBeGreaterThan(without.stepS * ((0.8 * 3350) / 2950) * 0.99);
  });
});

describe("calibrations of a scenario", () => {
  test("measured rates go before published ones, and the list of assumptions says so", () => {
    const without = scenario("", {});
    const resolved = scenario(NAMED, { "h100.json": H100 });
    expect(assumed(resolved, "gpu-rate:H100 SXM5-80GB:bf16")).toMatchObject({
      value: "786.5 TFLOP/s",
      provenance: "measured",
    });
    expect(assumed(resolved, "gpu-rate:H100 SXM5-80GB:stream")!.source).toContain(
      "h100.json, sha256 ",
    );
    expect(assumed(without, "gpu-rate:H100 SXM5-80GB:bf16")).toBeUndefined();
    const durationOf = (one: typeof resolved): number => {
      const { workload } = one.base;
      if (workload.kind !== "jobs") throw new Error("no jobs");
      return workload.jobs.durationS[0]!;
    };
    expect(durationOf(resolved)).not.toBe(durationOf(without));
    expect(resolved.warnings).toEqual([]);
  });

  test("contention of shared GPUs is measured where the scenario gives none", () => {
    const calibration: CalibrationFile = {
      ...(JSON.parse(H100) as CalibrationFile),
      contention: [
        {
          kernel: "matmul",
          dtype: "bf16",
          points: [{ processes: 4, slowdown: 1.3, timeRatio: 5.2 }],
        },
      ],
    };
    const files = { "h100.json": JSON.stringify(calibration) };
    const resolved = scenario(NAMED, files, "shared");
    const id = "gpu-contention:time-slicing:H100 SXM5-80GB";
    expect(assumed(resolved, id)).toMatchObject({ value: "4: 1.3", provenance: "measured" });
    expect(resolved.base.cluster.nodes[0]!.partitioning).toMatchObject({
      contention: [{ processes: 4, slowdown: 1.3 }],
    });
    const without = scenario("", {}, "shared");
    expect(assumed(without, "gpu-contention:time-slicing")!.provenance).toBe("assumed");
  });

  test("one that no GPU takes is warned about", () => {
    const other = JSON.stringify({
      ...(JSON.parse(H100) as CalibrationFile),
      device: { name: "NVIDIA L40S", gpu: "L40S", versions: {} },
    });
    const [warning] = scenario(NAMED, { "h100.json": other }).warnings;
    expect(warning).toMatchObject({ rule: "unused-calibration", file: "s.yaml", line: 5 });
    expect(warning!.message).toContain("is for L40S, and the cluster has H100 SXM5-80GB");
  });

  test.each([
    ["is not there", {}, /h100\.json does not exist/],
    ["is no calibration", { "h100.json": "{}" }, /is no calibration/],
    ["is broken", { "h100.json": '{"a":' }, /is not JSON/],
  ])("one that %s is a problem where it is named", (_name, files, message) => {
    try {
      scenario(NAMED, files);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      const { problems } = error as InputError;
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatchObject({
        file: "s.yaml",
        line: 5,
        path: "cluster.calibrations[0]",
      });
      expect(problems[0]!.message).toMatch(message);
      return;
    }
    throw new Error("it was accepted");
  });
});
