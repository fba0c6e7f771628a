import { expect, test } from "vitest";

import { SpecificationError } from "../base/specification-error.js";
import { InputError } from "../diagnostics/problem.js";
import { PLACEMENT_POLICIES } from "../policy/placement/policies.js";
import { QUEUE_POLICIES } from "../policy/queue/registry.js";
import { simulateBatch } from "../simulation/batch/simulate-batch.js";
import type { PlacementSpec } from "../simulation/batch/placement-spec.js";
import { parseScenario } from "./parse-scenario.js";
import { resolveScenario } from "./resolve-scenario.js";
import type { ResolvedConfiguration } from "./resolved.js";

const GANGS = ["pool", "consolidate", "consolidate-first", "contiguous", "topology"] as const;
const PLACEMENTS = [...PLACEMENT_POLICIES.map(({ name }) => name), ...GANGS];

function scenario(queue: string, placement: string, partition: string): ResolvedConfiguration {
  const text = `schema: headroom/scenario/v1
name: pairs
cluster:
  nodes:
    - { name: gpu, count: 2, gpu: H100, gpus: 8, cpu: 96, memory: 1TiB${partition} }
    - { name: cpu, count: 1, cpu: 96, memory: 1TiB }
workload:
  jobs:
    - { id: a, submit: 0s, duration: 1h, gpus: 8, walltime: 2h }
    - { id: b, submit: 1m, duration: 1h, workers: 2, gpus: 8, walltime: 2h }
policy:
  queue: ${queue}
  placement: ${placement}
`;
  return resolveScenario(parseScenario({ file: "s.yaml", text })).base;
}

function placementOf(name: string): PlacementSpec {
  const gang = GANGS.find((kind) => kind === name);
  if (gang !== undefined) return { kind: gang };
  return { kind: "nodes", policy: name };
}

const PAIRS = QUEUE_POLICIES.flatMap(({ name: queue }) =>
  PLACEMENTS.flatMap((placement) =>
    ["", ", partition: research"].map((partition) => [queue, placement, partition] as const),
  ),
);

test.each(PAIRS)(
  "%s with %s%s: what the checks accept runs, what they refuse does not",
  (queue, placement, partition) => {
    let resolved: ResolvedConfiguration | undefined;
    try {
      resolved = scenario(queue, placement, partition);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      expect(error.problems.map(({ rule, line }) => [rule, line !== undefined])).toEqual([
        ["conflicting-fields", true],
      ]);
    }
    const { cluster, workload, policy } = resolved ?? scenario("fifo-skip", "pack", partition);
    if (workload.kind !== "jobs") throw new Error("inline jobs expected");
    const run = (): unknown =>
      simulateBatch({
        cluster,
        jobs: workload.jobs,
        queue: resolved === undefined ? { name: queue } : policy.queue,
        placement: placementOf(placement),
        seed: 1,
        limits: { eventsMax: 10_000 },
      });
    if (resolved === undefined) expect(run).toThrow(SpecificationError);
    else expect(run).not.toThrow();
  },
);
