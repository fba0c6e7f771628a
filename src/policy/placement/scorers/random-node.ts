import { SCORE_MAX, type PlacementScorer } from "../policy.js";

/** Draws one feasible node, each equally likely: 100 for it, 0 for the others. The Random rival of FGD. */
export const randomNode: PlacementScorer = {
  name: "random-node",
  cacheable: false,
  prepare({ random }) {
    let drawn = -1;
    return {
      seeFeasible(nodes, count) {
        const index = random.integerBelow(count);
        drawn = nodes[index]!;
        return index;
      },
      score: (node) => (node === drawn ? SCORE_MAX : 0),
    };
  },
};
