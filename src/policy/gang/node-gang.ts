import { everPossible } from "../../cluster/ever-possible.js";
import type { ClusterState } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { Placer } from "../placement/types.js";
import type { FasterFirst } from "./faster-first.js";
import { acceptedModels, createFitIndex, podsOnNode } from "./fit-index.js";
import { planInOrder } from "./foresight.js";
import { createGangOnNodes } from "./gang-on-nodes.js";
import { ignoredTopology } from "./ignored-topology.js";
import type { GangDemands, GangPlacer } from "./types.js";

/**
 * A gang placer that puts every worker, one by one, where `placer` puts a single pod of the shape; when one finds no
 * node, the ones before it are taken back. Workers of a gang may share a node.
 *
 * @param before demands to try before a demand; shapes and demands are those of a `FasterFirst` then
 */
export function createNodeGang(
  cluster: ClusterState,
  shapes: readonly PodRequest[],
  demands: GangDemands,
  placer: Placer,
  before: FasterFirst["before"] = new Map(),
): GangPlacer {
  const { shape: shapeOf, workers: workersOf } = demands;
  const fit = createFitIndex(cluster, shapes);
  const podsWhenEmpty = podsOnEmpty(cluster, shapes);
  return createGangOnNodes(
    { cluster, shapes, demands },
    {
      name: placer.name,
      placesOneByOne: true,
      ignoredDemands: ignoredTopology(demands),
      fit,
      before,
      place(demand, take) {
        const shape = shapeOf[demand]!;
        const workers = workersOf[demand]!;
        // A single worker asks the placer at once; a gang is counted first, for its failure is costly.
        if (workers > 1 && fit.podsThatFit(shape) < workers) return false;
        const request = shapes[shape]!;
        for (let worker = 0; worker < workers; worker++) {
          const node = placer.choose(shape);
          if (node < 0) return false;
          take(node, request, placer.gpus);
        }
        return true;
      },
      // Scores need a present state, so a gang to come is given the first nodes in order that have room.
      planIn: (demand, rooms) =>
        planInOrder({
          nodeCount: cluster.nodeCount,
          request: shapes[shapeOf[demand]!]!,
          workers: workersOf[demand]!,
          rooms,
        }),
      mayHaveRoom: () => true,
      refusalReason: (demand) => placer.explain(shapeOf[demand]!).reason,
      podsWhenEmpty: (demand) => podsWhenEmpty[shapeOf[demand]!]!,
      neverFits: (demand, tooMany) =>
        placer.neverFits(shapeOf[demand]!)
          ? "no node of the empty cluster passes the placement's filters"
          : tooMany,
    },
  );
}

/** Pods of each shape that the empty cluster takes. */
function podsOnEmpty(cluster: ClusterState, shapes: readonly PodRequest[]): readonly number[] {
  const empty = everPossible(cluster);
  return shapes.map((request) => {
    const models = acceptedModels(empty, request);
    let pods = 0;
    for (let node = 0; node < empty.nodeCount; node++)
      pods += podsOnNode(empty, node, request, models);
    return pods;
  });
}
