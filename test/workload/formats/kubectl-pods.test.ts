import { describe, expect, test } from "vitest";

import { parseQuantity } from "../../../src/workload/formats/kubernetes-quantity.js";
import { gangOf, problemsOf, read, reasonsOf } from "../read-for-test.js";

describe("kubectl get pods -o json", () => {
  const pod = (name: string, more: Record<string, unknown> = {}, status: object = {}) => ({
    kind: "Pod",
    metadata: {
      name,
      namespace: "nlp",
      creationTimestamp: "2026-01-05T08:00:00Z",
      ...(more.metadata as object | undefined),
    },
    spec: {
      priority: 100,
      containers: [
        {
          resources: {
            requests: { cpu: "8", memory: "64Gi" },
            limits: { "nvidia.com/gpu": "2" },
          },
        },
      ],
      ...(more.spec as object | undefined),
    },
    status: {
      phase: "Succeeded",
      startTime: "2026-01-05T08:01:00Z",
      containerStatuses: [{ state: { terminated: { finishedAt: "2026-01-05T09:01:00Z" } } }],
      ...status,
    },
  });
  const list = (...items: unknown[]): string => JSON.stringify({ kind: "List", items });

  test("a finished pod is a job", () => {
    const trace = read(
      list(pod("a", { spec: { nodeSelector: { "nvidia.com/gpu.product": "H100" } } })),
    );
    const { jobs } = trace;
    expect(trace.format).toBe("kubectl-pods");
    expect(jobs.ids).toEqual(["nlp/a"]);
    expect(jobs.durationS[0]).toBe(3600);
    expect(jobs.recordedStartS![0]).toBe(60);
    expect(jobs.shapes[0]).toEqual({
      cpuMilli: 8000,
      memoryBytes: 68_719_476_736,
      gpuCount: 2,
      gpuMilli: 1000,
      gpuModels: ["H100"],
    });
    expect(jobs.priority[0]).toBe(100);
    expect(trace.notes.join()).toMatch(/snapshot/);
  });

  test("init containers, sidecars and overhead count as the scheduler counts them", () => {
    const trace = read(
      list(
        pod("a", {
          spec: {
            overhead: { cpu: "250m" },
            initContainers: [
              { resources: { requests: { cpu: "10" } } },
              { restartPolicy: "Always", resources: { requests: { cpu: "500m", memory: "1G" } } },
            ],
            containers: [{ resources: { requests: { cpu: "2", memory: "1Mi" } } }],
          },
        }),
      ),
    );
    expect(trace.jobs.shapes[0]).toMatchObject({
      cpuMilli: 10_250,
      memoryBytes: 1_000_000_000 + 1_048_576,
      gpuCount: 0,
    });
  });

  test("pods of one training job are one gang, its launcher is no worker", () => {
    const label = { metadata: { labels: { "training.kubeflow.org/job-name": "bert" } } };
    const named = (name: string, spec: object = {}) =>
      pod(name, {
        metadata: {
          name,
          namespace: "nlp",
          creationTimestamp: "2026-01-05T08:00:00Z",
          ...label.metadata,
        },
        spec,
      });
    const trace = read(
      list(named("bert-0"), named("bert-1"), named("bert-launcher", { containers: [{}] })),
    );
    expect(trace.jobs.ids).toEqual(["nlp/bert"]);
    expect(gangOf(trace, 0)).toBe("2x2");
    expect(trace.notes.join()).toMatch(/1 gangs have pods with fewer GPUs/);
  });

  test("what is no job is left out with the reason", () => {
    const owned = (kind: string) => ({
      metadata: {
        name: kind,
        creationTimestamp: "2026-01-05T08:00:00Z",
        ownerReferences: [{ kind }],
      },
    });
    const mig = { containers: [{ resources: { limits: { "nvidia.com/mig-1g.10gb": 1 } } }] };
    const trace = read(
      list(
        pod("ok"),
        { kind: "Node", metadata: { name: "n" } },
        pod("d", owned("DaemonSet")),
        pod("m", owned("Node")),
        pod("p", {}, { phase: "Pending", startTime: null }),
        pod("r", {}, { phase: "Running", containerStatuses: [] }),
        pod("g", { spec: mig }),
        pod("ok"),
      ),
    );
    expect(trace.jobs.ids).toEqual(["nlp/ok"]);
    expect(reasonsOf(trace)).toEqual([
      "is of kind Node and no pod",
      "belongs to a DaemonSet: it is part of the node",
      "belongs to a Node: it is part of the node",
      "is pending: it never started",
      "asks for MIG slices, which a job list cannot hold",
      "stands twice under the same namespace and name",
      "has no end: its duration is not known",
    ]);
  });

  test("running pods may be cut at the last time of the list", () => {
    const trace = read(list(pod("a"), pod("r", {}, { phase: "Running", containerStatuses: [] })), {
      runningJobs: "until-last-time",
    });
    expect(Array.from(trace.jobs.durationS)).toEqual([3600, 3600]);
  });

  test.each(["0.5", "9e99"])("%s GPUs are refused", (gpus) => {
    const wrong = { containers: [{ resources: { limits: { "nvidia.com/gpu": gpus } } }] };
    expect(problemsOf(list(pod("a", { spec: wrong })))[0]!.rule).toBe("not-whole");
  });

  test("a quantity that is none is refused", () => {
    const wrong = { containers: [{ resources: { requests: { cpu: "8 cores" } } }] };
    expect(problemsOf(list(pod("a", { spec: wrong })))[0]).toMatchObject({
      rule: "not-a-quantity",
      message: '"cpu: 8 cores" is no quantity',
    });
  });

  test.each<[string, number | undefined]>([
    ["500m", 0.5],
    ["8", 8],
    ["64Gi", 68_719_476_736],
    ["1e3", 1000],
    ["0.5", 0.5],
    ["128974848", 128_974_848],
    ["1.5G", 1.5e9],
    ["", undefined],
    ["-1", undefined],
    ["8 Gi", undefined],
    ["1KB", undefined],
  ])("quantity %s", (text, want) => {
    expect(parseQuantity(text)).toBe(want);
  });
});
