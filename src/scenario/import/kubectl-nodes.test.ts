import { describe, expect, test } from "vitest";

import { NODES } from "./testing/cluster-files.js";
import { imported, problemsOf, resolved } from "./testing/read-import.js";

describe("kubectl get nodes", () => {
  test("like nodes are a group; what takes no pods or has no whole GPUs is listed", () => {
    const { text, ignored } = imported(NODES);
    const { nodeGroups, cluster } = resolved(
      text,
      "policy: { queue: fifo-skip, placement: pack }\n",
    );
    expect(nodeGroups.map(({ name, count }) => [name, count])).toEqual([
      ["gpu", 2],
      ["mixed", 1],
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
      [4, "T4"],
      [0, ""],
    ]);
    expect(ignored.map(({ path }) => path)).toEqual([
      "Node gpu-1: taints sku:NoSchedule",
      "Node gpu-3",
      "Node mixed: nvidia.com/mig-3g.40gb",
      "Node single",
      "Node shared: gpu.replicas 4",
    ]);
  });

  test("an amount that is none is refused at its place", () => {
    expect(problemsOf(NODES.replace('"95500m"', '"much"'))).toEqual(["f:24:6 not-a-quantity"]);
  });
});
