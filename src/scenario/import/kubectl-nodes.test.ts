import { describe, expect, test } from "vitest";

import { NODES } from "./testing/cluster-files.js";
import { imported, problemsOf, resolved } from "./testing/read-import.js";

describe("kubectl get nodes", () => {
  test("like nodes are a group; what is left out is listed", () => {
    const { text, ignored } = imported(NODES);
    const { nodeGroups, cluster } = resolved(
      text,
      "policy: { queue: fifo-skip, placement: pack }\n",
    );
    expect(nodeGroups.map(({ name, count }) => [name, count])).toEqual([
      ["gpu", 2],
      ["mixed", 1],
      ["single", 1],
      ["shared", 1],
      ["cpu-1", 1],
    ]);
    expect(cluster.nodes[0]).toEqual({
      name: "gpu-1",
      cpuMilli: 95_500,
      memoryBytes: 1_889 * 2 ** 30,
      podsMax: 250,
      gpuCount: 8,
      gpuModel: "H100 SXM5-80GB",
      gpuMemoryBytes: 80e9,
    });
    expect(cluster.nodes.map(({ gpuCount, gpuModel }) => [gpuCount, gpuModel]).slice(2)).toEqual([
      [7, "H100 SXM5-80GB"],
      [8, "H100 SXM5-80GB"],
      [4, "T4"],
      [0, ""],
    ]);
    expect(ignored.map(({ path }) => path)).toEqual([
      "Node gpu-1: taints sku:NoSchedule",
      "Node gpu-3",
      "Node mixed: nvidia.com/mig-3g.40gb",
      "Node single: layout of each GPU",
      "Node shared: gpu.replicas 4",
    ]);
  });

  test("MIG instances become layouts: alike under `single`, packed into the GPUs there are under `mixed`", () => {
    const node = (name: string, labels: object, allocatable: object): object => ({
      kind: "Node",
      metadata: { name, labels },
      status: { allocatable: { cpu: "8", memory: "64Gi", ...allocatable } },
    });
    const a100 = { "nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB", "nvidia.com/gpu.count": "2" };
    const { text, ignored } = imported(
      JSON.stringify({
        kind: "List",
        items: [
          node(
            "one",
            { ...a100, "nvidia.com/mig.strategy": "mixed" },
            { "nvidia.com/mig-3g.40gb": "2", "nvidia.com/mig-1g.10gb": "7" },
          ),
          node(
            "two",
            { ...a100, "nvidia.com/mig.strategy": "mixed" },
            { "nvidia.com/mig-7g.80gb": "3" },
          ),
          node(
            "six",
            {
              "nvidia.com/gpu.product": "NVIDIA-A30-MIG-2g.12gb",
              "nvidia.com/mig.strategy": "single",
            },
            { "nvidia.com/gpu": "4" },
          ),
        ],
      }),
    );
    expect(text).toContain("layouts");
    const { cluster } = resolved(text, "policy: { queue: fifo-skip, placement: pack }\n");
    expect(cluster.nodes.map(({ name, gpuCount }) => [name, gpuCount])).toEqual([
      ["one", 2],
      ["six", 2],
    ]);
    expect(ignored.find(({ path }) => path === "Node two")!.why).toContain("at least 3 GPUs");
  });

  test("an amount that is none is refused at its place", () => {
    expect(problemsOf(NODES.replace('"95500m"', '"much"'))).toEqual(["f:24:6 not-a-quantity"]);
  });
});
