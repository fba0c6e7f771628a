import { loadFleet } from "../../dist/io/load-fleet.js";
import { simulateFleet } from "../../dist/simulation/fleet/simulate-fleet.js";

/**
 * A week of the retail fleet, rollout included, on one thread: n is the number of stores. Requests of each site are
 * solved hour by hour, so the time grows with the sites and not with the requests.
 */
export const retailFleet = {
  id: "fleet/retail-week",
  unit: "sites/s",
  parameters: [{ n: 100 }, { n: 1_000 }, { n: 5_000 }],
  samples: 3,
  async prepare({ n }) {
    const { fleet } = await loadFleet({
      path: "scenarios/retail-fleet.yaml",
      sets: [`fleet.sites[store].count=${n}`],
    });
    return { spec: fleet.spec, n };
  },
  run({ spec, n }) {
    const start = performance.now();
    const { sites } = simulateFleet(spec, 11);
    if (sites?.sites.length !== n) throw new Error("fleet: sites are missing");
    return n / ((performance.now() - start) / 1000);
  },
};
