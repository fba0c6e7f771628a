import type { NodePower } from "../performance/power/energy-meter.js";

/** Checkpoints of jobs that say nothing of their own. */
export interface CheckpointSetting {
  /** Seconds of work between two. */
  readonly intervalS: number | "optimal";
  /** Seconds the job stands still for one, >= 0. */
  readonly costS: number;
}

/** Electricity of the machines, node group by node group. */
export interface ResolvedPower {
  /** Power at the meter over power of the machines, >= 1. */
  readonly pue: number;
  /** In the order of the node groups. */
  readonly kinds: readonly NodePower[];
}

/** Price of one node of a group. */
export interface GroupPrice {
  readonly name: string;
  readonly perNodeHour: number;
  /** True when the electricity of the node is paid on top. */
  readonly paysElectricity: boolean;
  /** Price of buying one node, paid once; absent for rent. */
  readonly purchase?: number;
  /** Part of `perNodeHour` that the purchase stands for. */
  readonly purchasePerHour?: number;
}

/** Prices of the machines, node group by node group. */
export interface ResolvedCost {
  readonly currency: string;
  /** In the order of the node groups. */
  readonly groups: readonly GroupPrice[];
  /** Price of a kilowatt-hour at the meter; absent when electricity is not paid for. */
  readonly electricityPerKwh?: number;
  /** Time the amounts are for; absent: the run. */
  readonly horizonS?: number;
}
