// One entry for every question: which rule answers, what it says, and what it refuses.
import { describe, expect, test } from "vitest";

import { collectiveTimeS } from "./collective-time.js";
import { pairedNode, pcieNode, switchedNode } from "./reference-nodes.js";
import type { CollectiveFabric, CollectiveNode, CollectiveOperation } from "./types.js";

const MEBIBYTE = 2 ** 20;
const H100 = switchedNode("H100 SXM5-80GB", 8, { nics: 8, nicBytesPerS: 50e9 });

function ask(
  nodes: readonly CollectiveNode[],
  bytes = 64 * MEBIBYTE,
  rest: { op?: CollectiveOperation; fabric?: CollectiveFabric; networkShare?: number } = {},
) {
  return collectiveTimeS({ op: "all-reduce", bytes, nodes, ...rest });
}

describe("which rule answers", () => {
  test.each<[string, CollectiveNode[], CollectiveOperation, string, boolean]>([
    ["a measured board", [H100], "all-reduce", "measured-table", false],
    [
      "five of eight, between the tables of four and eight",
      [{ ...H100, gpus: [0, 1, 2, 3, 4] }],
      "all-reduce",
      "measured-table",
      false,
    ],
    [
      "the same board with other memory",
      [switchedNode("A100 SXM4-40GB", 8)],
      "all-gather",
      "measured-table",
      true,
    ],
    ["more GPUs than measured", [switchedNode("GB200", 8)], "all-reduce", "measured-table", true],
    [
      "PCIe cards: another host than the one measured",
      [pcieNode("L40S", 4)],
      "reduce-scatter",
      "measured-table",
      true,
    ],
    [
      "a transfer: nobody measured it",
      [{ ...H100, gpus: [0, 5] }],
      "send-recv",
      "nccl-model",
      true,
    ],
    [
      "a bridged pair",
      [pairedNode("A100 PCIe-80GB", [0, 1], { ofGpus: 2 })],
      "all-reduce",
      "nccl-model",
      true,
    ],
    ["two nodes", [H100, H100], "all-reduce", "nccl-model", true],
    ["all-to-all over two nodes", [H100, H100], "all-to-all", "hierarchical", true],
    [
      "a transfer over the network",
      [
        { ...H100, gpus: [0] },
        { ...H100, gpus: [0] },
      ],
      "send-recv",
      "hierarchical",
      true,
    ],
    ["one GPU", [{ ...H100, gpus: [3] }], "all-reduce", "nothing-to-send", false],
  ])("%s", (_name, nodes, op, method, extrapolated) => {
    const answer = ask(nodes, 64 * MEBIBYTE, { op });
    expect(answer).toMatchObject({ method, extrapolated });
    expect(answer.source.length).toBeGreaterThan(10);
    if (method === "nothing-to-send") expect(answer.seconds).toBe(0);
    else expect(answer.seconds).toBeGreaterThan(0);
  });

  test("sizes beyond the table are said to be extrapolated", () => {
    expect(ask([H100], 2 ** 35)).toMatchObject({ method: "measured-table", extrapolated: true });
    expect(ask([H100], 2 ** 35).source).toContain("above the largest size measured");
    expect(ask([H100], 100).seconds).toBe(ask([H100], 512).seconds);
  });

  test("bridged pairs are not read from the table of a PCIe host", () => {
    const pairs = pairedNode("L40S", [0, 1], { ofGpus: 2, linksPerBridge: 4 });
    expect(() => ask([pairs])).not.toThrow();
    expect(ask([pairs]).method).toBe("nccl-model");
  });
});

describe("the network", () => {
  const nodes = [H100, H100, H100, H100];
  const busBytesPerS = (fabric?: CollectiveFabric, networkShare?: number): number => {
    const bytes = 2 ** 34;
    const rest = { ...(fabric && { fabric }), ...(networkShare && { networkShare }) };
    return ((2 * 31) / 32) * (bytes / ask(nodes, bytes, rest).seconds);
  };

  test.each<[string, CollectiveFabric | undefined, number | undefined, number]>([
    ["RDMA is faster than the links inside: 18 of 20.6", undefined, undefined, 370.8],
    ["RDMA reaches 0.96 of the adapters", { nicBytesPerS: 25e9 }, undefined, 192],
    ["TCP at most 0.6", { transport: "tcp" }, undefined, 240],
    ["two adapters instead of eight", { nicsPerNode: 2 }, undefined, 96],
    ["a neighbour takes half", undefined, 0.5, 192],
    [
      "a ring leaves a leaf once: oversubscription hides behind the nodes below",
      { nodesPerLeaf: 2, oversubscription: 2 },
      undefined,
      370.8,
    ],
    ["until it exceeds them", { nodesPerLeaf: 2, oversubscription: 4 }, undefined, 192],
  ])("%s", (_name, fabric, share, want) => {
    const found = busBytesPerS(fabric, share) / 1e9;
    expect(found).toBeLessThan(want);
    expect(found).toBeGreaterThan(0.98 * want);
  });

  test("nodes that hold different GPUs leave their rail at every hop", () => {
    const front = { ...H100, gpus: [0, 1, 2, 3] };
    const back = { ...H100, gpus: [4, 5, 6, 7] };
    const seconds = (second: CollectiveNode, isRailOptimised: boolean): number =>
      ask([front, second, front], 2 ** 34, {
        fabric: { isRailOptimised, nodesPerLeaf: 32, oversubscription: 32 },
      }).seconds;
    expect(seconds(front, true)).toBe(seconds(front, false));
    expect(seconds(back, false)).toBe(seconds(front, false));
    // The uplinks of four rails hold 32 x 4 x 50 x 0.96 / 32 = 192 GB/s, a third of it for each of three hops.
    expect(seconds(back, true) / seconds(back, false)).toBeCloseTo(3, 1);
  });

  test("an all-to-all pays the oversubscription in full", () => {
    const seconds = (oversubscription: number): number =>
      ask(nodes, 2 ** 34, { op: "all-to-all", fabric: { nodesPerLeaf: 2, oversubscription } })
        .seconds;
    // 16 of 24 foreign GPUs are below other leaves: from 3/2 on the uplink decides.
    expect(seconds(1.5) / seconds(1)).toBeCloseTo(1, 3);
    expect(seconds(3) / seconds(1)).toBeCloseTo(2, 3);
  });

  test("half the GPUs of a node have half its adapters", () => {
    const half = { ...H100, gpus: [0, 1, 2, 3] };
    const bytes = 2 ** 34;
    const ratio = ask([half, half], bytes).seconds / ask([H100, H100], bytes).seconds;
    expect(ratio).toBeCloseTo((2 * (2 * 7)) / 8 / ((2 * 15) / 16), 1);
  });

  test("one NVLink domain over several nodes leaves the network alone", () => {
    const tray = switchedNode("GB200", 4);
    const domain = ask([tray, tray], 2 ** 30, { fabric: { isOneNvlinkDomain: true } });
    expect(domain.source).toContain("8 GPUs");
    expect(() => ask([tray, tray])).toThrow("network adapters of a node with GB200 are not known");
    const pair = pairedNode("A100 PCIe-80GB", [0, 1], { ofGpus: 2 });
    expect(() => ask([pair, pair], 1, { fabric: { isOneNvlinkDomain: true } })).toThrow(
      "needs NVLink switches",
    );
  });

  test("slow adapters only matter for small sizes", () => {
    const late = { adapterLatencyS: 20e-6 };
    expect(ask(nodes, 1024, { fabric: late }).seconds).toBeGreaterThan(
      2 * ask(nodes, 1024).seconds,
    );
    expect(ask(nodes, 2 ** 34, { fabric: late }).seconds).toBeLessThan(
      1.05 * ask(nodes, 2 ** 34).seconds,
    );
  });
});

describe("what it refuses", () => {
  test.each<[string, () => unknown, string]>([
    ["a negative size", () => ask([H100], -1), "bytes must be a finite number from 0, got -1"],
    ["no number", () => ask([H100], Number.NaN), "got NaN"],
    ["no nodes", () => ask([]), "at least one node"],
    [
      "a GPU that is not there",
      () => ask([{ ...H100, gpus: [8] }]),
      "different indices from 0 to 7, got [8]",
    ],
    ["a GPU named twice", () => ask([{ ...H100, gpus: [1, 1] }]), "got [1, 1]"],
    ["no GPU on a node", () => ask([{ ...H100, gpus: [] }]), "got []"],
    [
      "two models",
      () => ask([H100, switchedNode("B200", 8)]),
      "one model, got H100 SXM5-80GB and B200",
    ],
    [
      "no share",
      () => ask([H100], 1, { networkShare: 0 }),
      "networkShare must be in (0, 1], got 0",
    ],
    [
      "another vendor",
      () =>
        ask([
          {
            ...H100,
            gpu: { name: "MI210" },
            topology: { gpuCount: 8, provenance: "given", sources: [] },
          },
        ]),
      "NCCL's cost model does not cover",
    ],
  ])("%s", (_name, act, message) => {
    expect(act).toThrow(message);
  });
});
