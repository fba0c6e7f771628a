import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decideLaunch, type RayNodeType } from "./autoscaler.js";
import { elasticWorkers, idleNodes, launchesNow } from "./idle-termination.js";
import { inOrderOfDemand, inOrderOfGangs } from "./resource-demand.js";

const NODE: RayNodeType = { name: "node", resources: { CPU: 4 }, min: 0, max: 10 };

describe("Ray's autoscaler", () => {
  it("tries the most demanding request first", () => {
    const small = { resources: { CPU: 1 } };
    const gpu = { resources: { GPU: 1 } };
    const both = { resources: { CPU: 1, GPU: 1 } };
    const apart = { resources: { CPU: 1 }, apartFrom: "g" };
    const labelled = { resources: { CPU: 1 }, labels: { zone: "a" } };
    expect(inOrderOfDemand([small, gpu, both, labelled, apart])).toEqual([
      apart,
      labelled,
      both,
      gpu,
      small,
    ]);
    const two = { bundles: [small, small] };
    const three = { bundles: [small, small, small] };
    expect(inOrderOfGangs([two, three, { ...two, strategy: "same-node" }])[0]!.strategy).toBe(
      "same-node",
    );
    expect(inOrderOfGangs([two, three])).toEqual([three, two]);
  });

  it("uses what is there, on its way or free, before it launches", () => {
    const requests = Array.from({ length: 6 }, () => ({ resources: { CPU: 1 } }));
    const decide = (instances: readonly { type: string; available?: Record<string, number> }[]) =>
      decideLaunch({ types: [NODE], instances, requests }).launch;
    expect(decide([])).toEqual({ node: 2 });
    expect(decide([{ type: "node" }])).toEqual({ node: 1 });
    expect(decide([{ type: "node", available: { CPU: 0 } }])).toEqual({ node: 2 });
    expect(decide([{ type: "node" }, { type: "node", available: { CPU: 2 } }])).toEqual({});
  });

  it("keeps least numbers, and request_resources count on all nodes whoever uses them", () => {
    const types = [{ ...NODE, min: 2 }];
    expect(decideLaunch({ types }).launch).toEqual({ node: 2 });
    const busy = { type: "node", available: { CPU: 0 } };
    const constraints = [{ resources: { CPU: 4 } }, { resources: { CPU: 4 } }];
    expect(decideLaunch({ types: [NODE], instances: [busy], constraints }).launch).toEqual({
      node: 1,
    });
    const tooMuch = decideLaunch({ types: [NODE], constraints: [{ resources: { CPU: 5 } }] });
    expect(tooMuch).toMatchObject({ launch: {}, areConstraintsInfeasible: true });
  });

  it("a gang that does not fit launches nothing, and the rest goes on", () => {
    const gang = { bundles: [{ resources: { CPU: 4 } }, { resources: { CPU: 5 } }] };
    const answer = decideLaunch({
      types: [NODE],
      gangs: [gang],
      requests: [{ resources: { CPU: 1 } }],
    });
    expect(answer).toMatchObject({ launch: { node: 1 }, infeasibleGangs: [gang], infeasible: [] });
  });

  it("labels: only nodes that have them", () => {
    const request = { resources: { CPU: 1 }, labels: { zone: "a" } };
    expect(decideLaunch({ types: [NODE], requests: [request] }).infeasible).toEqual([request]);
    const types = [NODE, { ...NODE, name: "zoned", labels: { zone: "a" } }];
    expect(decideLaunch({ types, requests: [request] }).launch).toEqual({ zoned: 1 });
  });

  it("launches enough for everything it does not call infeasible, and never too many", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 8 }),
        (sizes, nodesMax) => {
          const requests = sizes.map((CPU) => ({ resources: { CPU } }));
          const { launch, infeasible } = decideLaunch({ types: [NODE], requests, nodesMax });
          const nodes = launch["node"] ?? 0;
          const placed =
            sizes.reduce((sum, size) => sum + size, 0) -
            infeasible.reduce((sum, one) => sum + one.resources["CPU"]!, 0);
          expect(nodes).toBeLessThanOrEqual(Math.min(nodesMax, 10));
          expect(placed).toBeLessThanOrEqual(4 * nodes);
          for (const one of infeasible)
            expect(one.resources["CPU"]! > 4 || nodes === nodesMax).toBe(true);
        },
      ),
    );
  });
});

describe("the pace of Ray", () => {
  it("asks for nodes by speed, limit and queue", () => {
    expect(launchesNow({ queued: 10, requested: 0, allocated: 0 }, 1, 100)).toBe(1);
    expect(launchesNow({ queued: 10, requested: 1, allocated: 3 }, 1, 100)).toBe(4);
    expect(launchesNow({ queued: 10, requested: 5, allocated: 3 }, 1000, 6)).toBe(1);
    expect(launchesNow({ queued: 3, requested: 0, allocated: 50 }, 1000, 100)).toBe(3);
  });

  it("never ends the head, or a node somebody counts on", () => {
    const node = { idleS: 90, idleTimeoutS: 60, isNeeded: false };
    expect(
      idleNodes([
        { ...node, name: "head", isHead: true },
        { ...node, name: "a" },
        { ...node, name: "b", isNeeded: true },
        { ...node, name: "c", idleS: 60 },
      ]),
    ).toEqual(["a"]);
  });

  it("an elastic job runs with as many workers as fit, or waits for its least", () => {
    const nodes = [
      { CPU: 8, GPU: 2 },
      { CPU: 3, GPU: 4 },
    ];
    expect(elasticWorkers(nodes, { CPU: 2, GPU: 1 }, { min: 1, max: 8 })).toBe(3);
    expect(elasticWorkers(nodes, { CPU: 2, GPU: 1 }, { min: 1, max: 2 })).toBe(2);
    expect(elasticWorkers(nodes, { CPU: 2, GPU: 1 }, { min: 4, max: 8 })).toBeUndefined();
  });
});
