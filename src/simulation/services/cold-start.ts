import { log } from "../../base/elementary.js";
import type { RandomStream } from "../../engine/streams.js";

/** One thing that must happen between a replica's place on nodes and its first request. */
export interface ColdStartPhase {
  readonly name: string;
  /** Seconds; of `weights`, for a model of `bytesMeasured`. */
  readonly medianS: number;
  /** Standard deviation of the logarithm of a lognormal time; 0 takes the median always. */
  readonly sigma: number;
  /** `image` is skipped where the node has the image, `weights` is loading only where it has the weights. */
  readonly kind: "fixed" | "image" | "weights";
  /** Of `weights`: bytes that took the median; the time is in proportion. Absent: the time is for any model. */
  readonly bytesMeasured?: number;
}

/** How a replica starts. */
export interface ColdStart {
  /** One after the other. */
  readonly phases: readonly ColdStartPhase[];
  /** Whether a node keeps the image, and the weights, for the next replica of the service on it. */
  readonly keepsImage: boolean;
  readonly keepsWeights: boolean;
  /** How fast kept weights are loaded. Bytes per second. */
  readonly keptBytesPerS: number;
}

/** A phase as one replica went through it. */
export interface PhaseTaken {
  readonly name: string;
  readonly seconds: number;
}

/** What the nodes of a cluster have kept of one service. */
export interface NodeCaches {
  /** The nodes have everything, from a time before the run. */
  warm(nodes: readonly number[]): void;
  /** A node was given back: what it had is gone. */
  forget(node: number): void;
  /**
   * The phases of a replica that starts now on these nodes, and what these have from then on.
   *
   * A replica on several nodes waits for the slowest. Two that pull the same image to one node at a time
   * share the pull: the second is done when the first is. Weights are downloaded by each replica that does
   * not find them whole.
   */
  start(nowS: number, nodes: readonly number[]): readonly PhaseTaken[];
  /** Nodes that have something. */
  nodes(): Iterable<number>;
}

/** Empty nodes. @param weightBytes of the model @param stream for phases that are drawn */
export function createNodeCaches(
  { phases, keepsImage, keepsWeights, keptBytesPerS }: ColdStart,
  weightBytes: number,
  stream: RandomStream,
): NodeCaches {
  /** When each node has had, or will have, the image and the weights. Seconds. */
  const imageAtS = new Map<number, number>();
  const weightsAtS = new Map<number, number>();
  const draw = ({ medianS, sigma, bytesMeasured }: ColdStartPhase): number => {
    const median = bytesMeasured === undefined ? medianS : (medianS * weightBytes) / bytesMeasured;
    if (median === 0 || sigma === 0) return median;
    return stream.logNormal({ mu: log(median), sigma });
  };
  const fetch = (
    known: Map<number, number>,
    isKept: boolean,
    nodes: readonly number[],
    timeS: number,
    seconds: number,
  ): number => {
    let endS = timeS;
    for (const node of nodes) {
      const there = isKept ? known.get(node) : undefined;
      const atS = there ?? timeS + seconds;
      if (isKept) known.set(node, atS);
      endS = Math.max(endS, atS);
    }
    return endS - timeS;
  };
  return {
    warm(nodes) {
      for (const node of nodes) {
        if (keepsImage) imageAtS.set(node, 0);
        if (keepsWeights) weightsAtS.set(node, 0);
      }
    },
    forget(node) {
      imageAtS.delete(node);
      weightsAtS.delete(node);
    },
    nodes: () => new Set([...imageAtS.keys(), ...weightsAtS.keys()]),
    start(nowS, nodes) {
      let timeS = nowS;
      return phases.map((phase) => {
        // Drawn for every replica, so that what is kept changes no later draw.
        const drawn = draw(phase);
        let seconds = drawn;
        if (phase.kind === "image") seconds = fetch(imageAtS, keepsImage, nodes, timeS, drawn);
        else if (phase.kind === "weights") {
          const hasAll =
            keepsWeights && nodes.every((node) => (weightsAtS.get(node) ?? Infinity) <= timeS);
          if (hasAll) seconds = Math.min(drawn, weightBytes / keptBytesPerS);
          else fetch(weightsAtS, keepsWeights, nodes, timeS, drawn);
        }
        timeS += seconds;
        return { name: phase.name, seconds };
      });
    },
  };
}
