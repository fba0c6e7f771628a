import { decideLaunch, type RayDemand, type RayNodeType } from "../../../policy/ray/autoscaler.js";
import { idleNodes } from "../../../policy/ray/idle-termination.js";
import { fillNode, freshNode, scoreNode } from "../../../policy/ray/packed-node.js";
import type { ResourceRequest, Resources } from "../../../policy/ray/resource-demand.js";
import type { Check } from "../check.js";
import { factChecks } from "./fact-check.js";

const GROUP = "Ray's autoscaler (its own tests)";
const FILE = "ray-project/ray python/ray/autoscaler/v2/tests/test_scheduler.py";

/** Cases 12 to 16: packing, node scores, gangs, idle nodes. */
export function rayChecks(): readonly Check[] {
  return [...packingChecks(), ...scoreChecks(), ...gangChecks(), ...idleChecks()];
}

function type(name: string, resources: Resources, max: number): RayNodeType {
  return { name, resources, min: 0, max };
}

const CLOUD: readonly RayNodeType[] = [
  type("m4.large", { CPU: 2 }, 10),
  type("m4.4xlarge", { CPU: 16 }, 8),
  type("m4.16xlarge", { CPU: 64 }, 4),
  type("p2.xlarge", { CPU: 16, GPU: 1 }, 10),
  type("p2.8xlarge", { CPU: 32, GPU: 8 }, 4),
];
const TWO: readonly RayNodeType[] = [
  type("cpu", { CPU: 1 }, 10),
  type("gpu", { CPU: 100, GPU: 1 }, 10),
];

function times(count: number, request: ResourceRequest): readonly ResourceRequest[] {
  return Array.from({ length: count }, () => request);
}

const of = (resources: Resources): ResourceRequest => ({ resources });

function launched(demand: RayDemand): string {
  const { launch } = decideLaunch(demand);
  return (
    Object.entries(launch)
      .map(([name, count]) => `${name} ${count}`)
      .sort()
      .join(" + ") || "none"
  );
}

function packingChecks(): readonly Check[] {
  const cloud: readonly [string, readonly ResourceRequest[], string][] = [
    ["4 × 1 GPU", times(4, of({ GPU: 1 })), "p2.xlarge 4"],
    ["6 × 1 GPU", times(6, of({ GPU: 1 })), "p2.8xlarge 1"],
    ["8 × 1 GPU", times(8, of({ GPU: 1 })), "p2.8xlarge 1"],
    [
      "8 × 1 GPU on nodes of their own",
      times(8, { resources: { GPU: 1 }, apartFrom: "group" }),
      "p2.xlarge 8",
    ],
    ["100 × 1 CPU", times(100, of({ CPU: 1 })), "m4.16xlarge 1 + m4.4xlarge 2 + m4.large 2"],
    ["5 × 16 CPU", times(5, of({ CPU: 16 })), "m4.16xlarge 1 + m4.4xlarge 1"],
    [
      "64 CPU and 2 × 9 CPU",
      [of({ CPU: 64 }), ...times(2, of({ CPU: 9 }))],
      "m4.16xlarge 1 + m4.4xlarge 2",
    ],
    ["3 × (64 CPU and 1 GPU)", times(3, of({ CPU: 64, GPU: 1 })), "none"],
    [
      "8 × 1 GPU and 64 × 1 CPU",
      [...times(8, of({ GPU: 1 })), ...times(64, of({ CPU: 1 }))],
      "m4.4xlarge 2 + p2.8xlarge 1",
    ],
  ];
  const hundred = times(100, of({ CPU: 1 }));
  const two: readonly [string, readonly ResourceRequest[], number, string][] = [
    ["100 × 1 CPU, at most 10 nodes", hundred, 10, "cpu 10"],
    ["100 × 1 CPU, at most 11 nodes", hundred, 11, "cpu 10 + gpu 1"],
    ["100 × 1 CPU and 1 GPU", [...hundred, of({ GPU: 1 })], 100, "gpu 1"],
  ];
  return factChecks(GROUP, `${FILE} test_get_nodes_packing_heuristic`, [
    ...cloud.map(([what, requests, expected], index) => ({
      id: `ray/packing/cloud/${index + 1}`,
      what: `nodes launched for ${what}`,
      expected,
      actual: launched({ types: CLOUD, requests }),
    })),
    ...two.map(([what, requests, nodesMax, expected], index) => ({
      id: `ray/packing/two/${index + 1}`,
      what: `nodes launched for ${what}`,
      expected,
      actual: launched({ types: TWO, requests, nodesMax }),
    })),
  ]);
}

function scoreChecks(): readonly Check[] {
  const cases: readonly [string, Resources, Resources, string][] = [
    ["64 CPU taking 32", { CPU: 64 }, { CPU: 32 }, "true 1 8 8"],
    ["2 GPU and 1 TPU taking 2 GPU", { GPU: 2, TPU: 1 }, { GPU: 2 }, "true 1 0 1"],
    ["1 GPU and 1 CPU taking 1 CPU", { GPU: 1, CPU: 1 }, { CPU: 1 }, "false 1 0 0.5"],
    ["4 GPU taking 2", { GPU: 4 }, { GPU: 2 }, "true 1 0.5 0.5"],
  ];
  return factChecks(
    GROUP,
    `${FILE} test_node_schedule_score`,
    cases.map(([what, total, taken, expected], index) => {
      const node = freshNode("node", total);
      const { placed } = fillNode(node, [of(taken)]);
      const { usesGpuWell, kinds, useMin, useMean } = scoreNode(node, placed);
      return {
        id: `ray/score/${index + 1}`,
        what: `score of a node of ${what}`,
        expected,
        actual: `${usesGpuWell} ${kinds} ${useMin} ${useMean}`,
      };
    }),
  );
}

function gangChecks(): readonly Check[] {
  const types = [type("node", { CPU: 2 }, 10)];
  const bundles = times(2, of({ CPU: 1 }));
  const answers = [
    decideLaunch({ types, gangs: [{ bundles, strategy: "same-node" }] }),
    decideLaunch({ types, gangs: [{ bundles, strategy: "different-nodes" }] }),
    decideLaunch({
      types,
      gangs: [{ bundles: times(2, of({ CPU: 3 })), strategy: "same-node" }],
    }),
  ];
  const what = ["2 × 1 CPU on one node", "2 × 1 CPU on two nodes", "2 × 3 CPU on one node of 2"];
  const expected = ["1 nodes, 0 infeasible", "2 nodes, 0 infeasible", "0 nodes, 1 infeasible"];
  return factChecks(
    GROUP,
    `${FILE} test_gang_scheduling`,
    answers.map(({ launch, infeasibleGangs }, index) => ({
      id: `ray/gang/${index + 1}`,
      what: `gang of ${what[index]!}`,
      expected: expected[index]!,
      actual: `${launch["node"] ?? 0} nodes, ${infeasibleGangs.length} infeasible`,
    })),
  );
}

function idleChecks(): readonly Check[] {
  const idle = (idleTimeoutS: number, isNeeded: boolean): string =>
    idleNodes([{ name: "node", idleS: 5, idleTimeoutS, isNeeded }]).length > 0 ? "ends" : "stays";
  const cases: readonly [number, boolean, string][] = [
    [1, false, "ends"],
    [2, false, "ends"],
    [10, false, "stays"],
    [1, true, "stays"],
  ];
  return factChecks(
    GROUP,
    `${FILE} test_idle_termination`,
    cases.map(([timeoutS, isNeeded, expected], index) => ({
      id: `ray/idle/${index + 1}`,
      what: `idle 5 s, timeout ${timeoutS} s${isNeeded ? ", asked for by request_resources" : ""}`,
      expected,
      actual: idle(timeoutS, isNeeded),
    })),
  );
}
