import type { QuorumOutcome } from "../../../policy/fleet/quorum.js";

/** Votes of a site of several nodes, as they are counted now. */
export interface SiteVotes {
  /** Nodes that vote: those that were up when the votes were last counted. */
  readonly members: number;
  readonly hasWitness: boolean;
  /** Whether the witness answers now. */
  readonly witnessAnswers: boolean;
}

/**
 * Whether a cluster that is up stays up when so many of its members go at once. As `afterLossTogether` while the
 * witness answers; a witness that has a vote and does not answer is one more vote that is gone.
 *
 * @see policy/fleet/quorum.ts
 */
export function votesAfterLoss(votes: SiteVotes, lost: number): QuorumOutcome {
  const left = votes.members - lost;
  if (left <= 0) return "down";
  const witness = Number(votes.hasWitness && votes.members % 2 === 0);
  const all = votes.members + witness;
  const there = left + witness * Number(votes.witnessAnswers);
  if (there * 2 > all) return "up";
  return there * 2 === all ? "even" : "down";
}

/**
 * Whether a cluster that is down can form again: a majority of all nodes it ever had, with the witness where their
 * number is even. The last nodes standing have no privilege; docs/models.md says why.
 */
export function canForm(
  site: { readonly nodes: number; readonly hasWitness: boolean },
  up: number,
  witnessAnswers: boolean,
): boolean {
  const witness = Number(site.hasWitness && site.nodes % 2 === 0);
  return up > 0 && (up + witness * Number(witnessAnswers)) * 2 > site.nodes + witness;
}

/**
 * Whether the storage pool is up: more than half of all votes it ever had. As `poolAfterLoss`, with a witness that
 * may not answer.
 */
export function poolIsUp(
  site: { readonly nodes: number; readonly hasWitness: boolean },
  up: number,
  witnessAnswers: boolean,
): boolean {
  const witness = Number(site.hasWitness);
  return up > 0 && (up + witness * Number(witnessAnswers)) * 2 > site.nodes + witness;
}
