import type { FleetUpgrade } from "../../upgrades/fleet-upgrades-spec.js";

/** One upgrade over pools of members, on the clock on which their jobs run. */
export interface MemberUpgradeSpec {
  /** Its pools carry no workload of their own: what runs on them is what is placed there. */
  readonly upgrade: FleetUpgrade;
  /** Where each of its pools is, in their order. */
  readonly places: readonly { readonly member: number; readonly pool: number }[];
}
