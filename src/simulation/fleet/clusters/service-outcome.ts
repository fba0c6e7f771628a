import { createOctaveHistogram, type OctaveHistogram } from "../../../stats/octave-histogram.js";

/** Requests of the people of one region. */
export interface UsersOutcome {
  readonly region: string;
  requests: number;
  unserved: number;
  missedGoal: number;
  /** Served by a cluster that is not the nearest allowed one. */
  elsewhere: number;
  /** Begun anew because the cluster that had them went down. */
  rerouted: number;
  readonly latency: OctaveHistogram;
  /** Requests served. */
  served: number;
  wanSumS: number;
  queueSumS: number;
  computeSumS: number;
  readonly servedBy: Map<string, number>;
}

/** What one service did. */
export interface ServiceOutcome {
  readonly name: string;
  readonly users: readonly UsersOutcome[];
}

/** Nobody has asked for anything yet. */
export function emptyUsers(region: string): UsersOutcome {
  return {
    region,
    requests: 0,
    unserved: 0,
    missedGoal: 0,
    elsewhere: 0,
    rerouted: 0,
    latency: createOctaveHistogram(),
    served: 0,
    wanSumS: 0,
    queueSumS: 0,
    computeSumS: 0,
    servedBy: new Map(),
  };
}
