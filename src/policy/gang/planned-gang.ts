import { InvariantError } from "../../base/assert.js";
import { everPossible } from "../../cluster/ever-possible.js";
import type { ClusterState, ClusterView } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";
import { tightestGpuSelector } from "../placement/devices/tightest-gpu.js";
import { acceptedModels, createFitIndex, podsOnNode } from "./fit-index.js";
import type { PlannedPart } from "./foresight.js";
import { createGangOnNodes } from "./gang-on-nodes.js";
import type { GangPlanner } from "./planners/gang-planner.js";
import { ignoredTopology } from "./ignored-topology.js";
import type { DomainRooms, NodeShares } from "./topology/assign-domains.js";
import type { GangDemands, GangPlacer } from "./types.js";

/**
 * A gang placer that puts gangs where `planner` says: a gang is planned as a whole and then placed, and nothing is taken
 * when there is no plan.
 *
 * Inside a node whole GPUs are taken as `createGpuSetChooser` says, parts of a GPU from the GPU with the least
 * free.
 */
export function createPlannedGang(
  cluster: ClusterState,
  shapes: readonly PodRequest[],
  demands: GangDemands,
  planner: GangPlanner,
): GangPlacer {
  const { shape: shapeOf, workers: workersOf } = demands;
  const fit = createFitIndex(cluster, shapes, planner.tree);
  const gpus = new Int32Array(shapes.reduce((most, { gpuCount }) => Math.max(most, gpuCount), 1));
  const selectDevices = tightestGpuSelector.prepare({
    view: cluster,
    shapes,
    random: { integerBelow: () => unexpected("draws") },
    fragmentation: () => unexpected("looks at fragmentation"),
  });
  const empty = everPossible(cluster);
  const roomsWhenEmpty = shapes.map((request) => roomsOf(empty, planner, request));
  return createGangOnNodes(
    { cluster, shapes, demands },
    {
      name: planner.name,
      placesOneByOne: false,
      ignoredDemands: planner.looksAtTopology ? [] : ignoredTopology(demands),
      fit,
      place(demand, take) {
        const shape = shapeOf[demand]!;
        if (fit.podsThatFit(shape) < workersOf[demand]!) return false;
        const shares = planner.plan(demand, fit.roomsFor(shape));
        if (shares === undefined) return false;
        const request = shapes[shape]!;
        forEachShare(shares, (node, pods) => {
          for (let pod = 0; pod < pods; pod += 1) {
            selectDevices(node, shape, gpus);
            take(node, request, gpus);
          }
        });
        return true;
      },
      planIn(demand, rooms) {
        const request = shapes[shapeOf[demand]!]!;
        const podsOn = (node: number): number => rooms.podsOn(node, request);
        const shares = planner.plan(demand, sumByDomain(cluster.nodeCount, planner, podsOn));
        if (shares === undefined) return undefined;
        const parts: PlannedPart[] = [];
        forEachShare(shares, (node, pods) => parts.push({ node, request, pods }));
        return parts;
      },
      mayHaveRoom: (demand) => planner.hasRoom(demand, fit.roomsFor(shapeOf[demand]!)),
      refusalReason: (demand) =>
        `enough room, but not for the whole gang ${planner.whereText(demand)}`,
      podsWhenEmpty: (demand) => sumOf(roomsWhenEmpty[shapeOf[demand]!]!.workersIn.at(-1)!),
      neverFits(demand, tooMany) {
        if (tooMany !== undefined) return tooMany;
        if (planner.hasRoom(demand, roomsWhenEmpty[shapeOf[demand]!]!)) return undefined;
        return `${workersOf[demand]!} workers ${planner.whereText(demand)}: not even the empty cluster has room for them there`;
      },
      checkInvariants() {
        shapes.forEach((request, shape) => {
          checkIndex(fit.roomsFor(shape), roomsOf(cluster, planner, request), planner);
        });
      },
    },
  );
}

/** Workers of a shape that have room, by level and domain, counted node by node. */
function roomsOf(cluster: ClusterView, planner: GangPlanner, request: PodRequest): DomainRooms {
  const models = acceptedModels(cluster, request);
  return sumByDomain(cluster.nodeCount, planner, (node) =>
    podsOnNode(cluster, node, request, models),
  );
}

function sumByDomain(
  nodeCount: number,
  { tree: { levels } }: GangPlanner,
  podsOn: (node: number) => number,
): DomainRooms {
  const workersIn = levels.map(({ domainCount }) => new Int32Array(domainCount));
  for (let node = 0; node < nodeCount; node += 1) {
    const pods = podsOn(node);
    if (pods === 0) continue;
    levels.forEach(({ domainOf }, level) => {
      workersIn[level]![domainOf[node]!]! += pods;
    });
  }
  return { workersIn };
}

function checkIndex(known: DomainRooms, want: DomainRooms, { name, tree }: GangPlanner): void {
  known.workersIn.forEach((column, level) => {
    for (let domain = 0; domain < column.length; domain += 1) {
      if (column[domain] === want.workersIn[level]![domain]) continue;
      throw new InvariantError(
        `${name}: ${want.workersIn[level]![domain]} workers fit in domain ${domain} of level ` +
          `${tree.levels[level]!.name}, the index says ${column[domain]}`,
      );
    }
  });
}

function forEachShare(shares: NodeShares, visit: (node: number, pods: number) => void): void {
  for (let index = 0; index < shares.length; index += 2) visit(shares[index]!, shares[index + 1]!);
}

function sumOf(column: { readonly length: number; readonly [index: number]: number }): number {
  let sum = 0;
  for (let index = 0; index < column.length; index += 1) sum += column[index]!;
  return sum;
}

function unexpected(what: string): never {
  throw new InvariantError(`planned gang: a device selector ${what}, and this one must not`);
}
