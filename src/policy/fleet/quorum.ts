/** What becomes of a cluster that votes. `even` means that it survives one way the loss can fall and not the other. */
export type QuorumOutcome = "up" | "even" | "down";

/** Votes of a cluster of equal nodes and perhaps a witness. */
export interface QuorumState {
  /** Nodes when it was whole, ≥ 1. */
  readonly nodes: number;
  readonly hasWitness: boolean;
}

/**
 * Whether a cluster stays up when nodes fail together, by majority of the votes that counted before.
 *
 * Votes are kept odd: with an even number of nodes and no witness one node's vote is taken away, so that a
 * half of the nodes stays up if the half has the vote (`even`); with an odd number of nodes a witness has no
 * vote.
 *
 * @see Windows Server documentation, "Understanding cluster and pool quorum"
 */
export function afterLossTogether(state: QuorumState, lost: number): QuorumOutcome {
  const left = state.nodes - lost;
  if (left <= 0) return "down";
  const votesWitness = state.hasWitness && state.nodes % 2 === 0;
  const votes = state.nodes + Number(votesWitness);
  const votesLeft = left + Number(votesWitness);
  if (votesLeft * 2 > votes) return "up";
  return votesLeft * 2 === votes ? "even" : "down";
}

/**
 * Whether it stays up when one node fails and, after the votes were counted again, another. `even` in the
 * first loss leaves what is left of it.
 */
export function afterLossInTurn(state: QuorumState, losses: number): QuorumOutcome {
  let { nodes } = state;
  let outcome: QuorumOutcome = "up";
  for (let loss = 0; loss < losses; loss++) {
    const next = afterLossTogether({ nodes, hasWitness: state.hasWitness }, 1);
    if (next === "down") return "down";
    if (next === "even") outcome = outcome === "up" ? "even" : "down";
    if (outcome === "down") return "down";
    nodes--;
  }
  return outcome;
}

/**
 * Whether the storage pool of the nodes stays up after losses, at once or in turn: it counts all votes it ever
 * had, so that more than half of nodes and witness must be left.
 *
 * @see Windows Server documentation, "Understanding cluster and pool quorum"
 */
export function poolAfterLoss({ nodes, hasWitness }: QuorumState, lost: number): QuorumOutcome {
  const left = nodes - lost;
  if (left <= 0) return "down";
  const witness = Number(hasWitness);
  return (left + witness) * 2 > nodes + witness ? "up" : "down";
}
