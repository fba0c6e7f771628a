import { describe, expect, it } from "vitest";

import { placeBundles } from "./place-bundles.js";

const nodes = [{ CPU: 8 }, { CPU: 4, GPU: 1 }, { CPU: 8, GPU: 2 }];

describe("placement groups", () => {
  it.each([
    [
      "PACK fills the node its largest bundle fits best",
      "PACK",
      [{ CPU: 1, GPU: 1 }, { CPU: 2 }],
      [1, 1],
    ],
    [
      "PACK goes on with the rest on another node",
      "PACK",
      [{ GPU: 1 }, { GPU: 1 }, { GPU: 1 }],
      [1, 2, 2],
    ],
    [
      "SPREAD takes unused nodes, then used ones",
      "SPREAD",
      [{ CPU: 4 }, { CPU: 4 }, { CPU: 4 }, { CPU: 4 }],
      [1, 0, 2, 0],
    ],
    [
      "STRICT_PACK takes the one node that has room for all",
      "STRICT_PACK",
      [{ GPU: 1 }, { GPU: 1 }],
      [2, 2],
    ],
    ["STRICT_PACK waits for such a node", "STRICT_PACK", [{ GPU: 2 }, { GPU: 1 }], undefined],
    ["STRICT_SPREAD takes a node for each", "STRICT_SPREAD", [{ CPU: 1 }, { GPU: 1 }], [0, 1]],
    [
      "STRICT_SPREAD waits when nodes are missing",
      "STRICT_SPREAD",
      [{ GPU: 1 }, { GPU: 1 }, { GPU: 1 }],
      undefined,
    ],
    ["all or none", "PACK", [{ GPU: 1 }, { GPU: 3 }], undefined],
  ] as const)("%s", (_, strategy, bundles, placed) => {
    expect(placeBundles(nodes, bundles, strategy)).toEqual(placed);
  });
});
