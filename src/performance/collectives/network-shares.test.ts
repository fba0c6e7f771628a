// What a job loses to its neighbours on the network.
import { expect, test } from "vitest";

import { networkShares, type NetworkJob, type SharedNetwork } from "./network-shares.js";

const network = (oversubscription: number, nodesPerLeaf = 2): SharedNetwork => ({
  oversubscription,
  nodes: Array.from({ length: 4 }, (_unused, node) => ({
    leaf: Math.floor(node / nodesPerLeaf),
    bytesPerS: 100,
  })),
});
const job = (nodes: readonly number[], gpuShare = 1): NetworkJob => ({
  nodes: nodes.map((node) => ({ node, gpuShare })),
});

test.each<[string, SharedNetwork, NetworkJob[], number[]]>([
  ["a job alone keeps everything", network(1), [job([0, 1, 2, 3])], [1]],
  ["a job on one node does not use the network", network(1), [job([0]), job([0, 1])], [1, 1]],
  ["jobs on different nodes do not meet", network(4), [job([0, 1]), job([2, 3])], [1, 1]],
  [
    "two jobs with half of each node keep their halves",
    network(1),
    [job([0, 1], 0.5), job([0, 1], 0.5)],
    [1, 1],
  ],
  [
    "two jobs that cross a non-blocking spine do not meet",
    network(1),
    [job([0, 2]), job([1, 3])],
    [1, 1],
  ],
  // The uplink carries 2 x 100 / 2 = 100: one ring fits, two halve it.
  ["they halve an oversubscribed uplink", network(2), [job([0, 2]), job([1, 3])], [0.5, 0.5]],
  // Alone each gets 50 of its uplink of 50, together 25.
  ["a share is of what the job has alone", network(4), [job([0, 2]), job([1, 3])], [0.5, 0.5]],
  [
    "whoever stays below the leaf keeps what the other leaves",
    network(4),
    [job([0, 2]), job([0, 1], 0.5)],
    [1, 1],
  ],
])("%s", (_name, shared, jobs, want) => {
  expect(networkShares(shared, jobs)).toEqual(want);
});

test("refuses a node that is not there and a node named twice", () => {
  expect(() => networkShares(network(1), [job([0, 4])])).toThrow(
    "different nodes from 0 to 3, got [0, 4]",
  );
  expect(() => networkShares(network(1), [job([1, 1])])).toThrow("got [1, 1]");
});
