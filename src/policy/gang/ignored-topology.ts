import type { GangDemands } from "./types.js";

/** What a placement that knows no racks leaves out of the demands, by name, for a warning. */
export function ignoredTopology({ topologyRequests = [] }: GangDemands): readonly string[] {
  return topologyRequests.some(({ mode }) => mode !== "unconstrained") ? ["topology"] : [];
}
