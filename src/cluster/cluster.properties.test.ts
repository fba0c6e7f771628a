import fc from "fast-check";
import { expect, test } from "vitest";

import { InvariantError } from "../base/assert.js";
import type { PodRequest } from "../workload/job-table.js";
import { createCluster } from "./cluster.js";
import type { NodeSpec } from "./spec.js";
import type { ClusterState } from "./view.js";

const GIB = 1024 * 1024 * 1024;

const COLUMNS = [
  "cpuMilliFree",
  "memoryBytesFree",
  "podsFree",
  "gpuMilliFree",
  "nodeGpuMilliFree",
  "nodeGpusWhole",
  "nonzeroCpuMilliUsed",
  "nonzeroMemoryBytesUsed",
  "podsByGpuKind",
  "nodeGpuKinds",
] as const;

/** Everything a policy can see, as plain values. */
function snapshot(cluster: ClusterState): Record<string, unknown> {
  const columns = COLUMNS.map((name) => [name, Array.from(cluster[name] as ArrayLike<number>)]);
  return { ...Object.fromEntries(columns), gpuMilliUsed: cluster.gpuMilliUsed };
}

interface Live {
  readonly handle: number;
  readonly node: number;
  readonly request: PodRequest;
  readonly gpus: readonly number[];
}

const requests = fc
  .record({
    cpuMilli: fc.integer({ min: 0, max: 5000 }),
    memoryBytes: fc.integer({ min: 0, max: 16 * GIB }),
    gpuCount: fc.integer({ min: 0, max: 3 }),
    share: fc.integer({ min: 1, max: 1000 }),
    gpuModels: fc.constantFrom([], ["A10"], ["H100", "A10"]),
  })
  .map(({ share, ...request }) => ({
    ...request,
    gpuMilli: request.gpuCount === 0 ? 0 : request.gpuCount === 1 ? share : 1000,
  }));
const nodes = fc.array(
  fc
    .record({
      cpuMilli: fc.integer({ min: 0, max: 16_000 }),
      memoryBytes: fc.integer({ min: 0, max: 64 * GIB }),
      podsMax: fc.integer({ min: 0, max: 6 }),
      gpuCount: fc.integer({ min: 0, max: 4 }),
      model: fc.constantFrom("A10", "H100", "T4"),
    })
    .map(({ model, ...spec }) => ({ ...spec, gpuModel: spec.gpuCount === 0 ? "" : model })),
  { minLength: 1, maxLength: 5 },
);
const steps = fc.array(
  fc.record({
    release: fc.boolean(),
    pick: fc.nat(),
    request: requests,
    gpus: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 }),
  }),
  { maxLength: 60 },
);

/** Whether a plan fits, from the live allocations alone. */
function fits(
  spec: NodeSpec,
  here: readonly Live[],
  request: PodRequest,
  gpus: readonly number[],
): boolean {
  const used = (of: (live: Live) => number): number =>
    here.reduce((sum, live) => sum + of(live), 0);
  const wanted = gpus.slice(0, request.gpuCount);
  return (
    used((live) => live.request.cpuMilli) + request.cpuMilli <= spec.cpuMilli &&
    used((live) => live.request.memoryBytes) + request.memoryBytes <= spec.memoryBytes &&
    here.length < spec.podsMax &&
    (request.gpuCount === 0 ||
      request.gpuModels.length === 0 ||
      request.gpuModels.includes(spec.gpuModel)) &&
    new Set(wanted).size === wanted.length &&
    wanted.every((gpu) => {
      const given = used((live) => (live.gpus.includes(gpu) ? live.request.gpuMilli : 0));
      return gpu < spec.gpuCount && given + request.gpuMilli <= 1000;
    })
  );
}

test("no share is given twice, every column stays right, and releasing all restores the empty cluster", () => {
  fc.assert(
    fc.property(nodes, steps, (nodeSpecs, plan) => {
      const spec = { nodes: nodeSpecs.map((each, n) => ({ ...each, name: `n${n}` })) };
      const cluster = createCluster(spec);
      const empty = snapshot(cluster);
      const live: Live[] = [];
      const touchedAt: number[] = spec.nodes.map(() => 0);
      for (const step of plan) {
        if (step.release && live.length > 0) {
          const [gone] = live.splice(step.pick % live.length, 1);
          cluster.release(gone!.handle);
          touchedAt[gone!.node] = cluster.revision;
        } else {
          const at = step.pick % spec.nodes.length;
          const { request } = step;
          const gpus = step.gpus.slice(0, request.gpuCount);
          const here = live.filter((each) => each.node === at);
          if (fits(spec.nodes[at]!, here, request, gpus)) {
            live.push({ handle: cluster.allocate(at, request, gpus), node: at, request, gpus });
            touchedAt[at] = cluster.revision;
          } else {
            expect(() => cluster.allocate(at, request, gpus)).toThrow(InvariantError);
          }
        }
        cluster.checkInvariants();
      }
      const out = new Int32Array(spec.nodes.length);
      for (let since = 0; since <= cluster.revision; since += 1) {
        const named = [...out.subarray(0, cluster.changedSince(since, out))].sort((a, b) => a - b);
        expect(named).toEqual(spec.nodes.flatMap((_each, n) => (touchedAt[n]! > since ? [n] : [])));
      }
      for (const each of live) cluster.release(each.handle);
      expect(snapshot(cluster)).toEqual(empty);
    }),
    { numRuns: 150 },
  );
});
