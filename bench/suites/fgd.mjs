import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readTextFile } from "../../dist/io/read-file.js";
import { findPlacementPolicy } from "../../dist/policy/placement/policies.js";
import { replayOpenb } from "../../dist/simulation/replay/replay-openb.js";
import { referenceDataFolder } from "../../dist/studies/validate/data-folder.js";
import { runReplays } from "../../dist/studies/validate/fgd/replay-pool.js";
import { publishedTasks } from "../../dist/studies/validate/fgd/validate-fgd.js";
import { readOpenbArrivals } from "../../dist/workload/openb-arrivals.js";
import { readOpenbNodes, readOpenbPods } from "../../dist/workload/openb.js";

const data = referenceDataFolder();
const NODES = join(data, "openb", "openb_node_list_gpu_node.csv");
const PODS = join(data, "openb", "openb_pod_list_default.csv");
const ARRIVALS = join(data, "fgd-published", "arrivals");
const DEFAULT_ORDER = join(ARRIVALS, "default_42.json.gz");
/** Arrivals of the default workload with seed 42. */
const PODS_ARRIVING = 10_866;
const DETERMINISTIC_POLICIES = 5;

/** The cases of a suite, or none with a word on stderr where the reference data is not on this machine. */
function casesWithData(id, cases) {
  const absent = [NODES, PODS, DEFAULT_ORDER].find((path) => !existsSync(path));
  if (absent === undefined) return cases();
  process.stderr.write(`bench: ${id} skipped: no data (${absent}); set HEADROOM_DATA\n`);
  return [];
}

async function secondsOf(work) {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** One replay of the FGD study with the policy fgd, lists already read: 10,866 pods on 1,213 nodes. */
export const fgdRun = {
  id: "fgd/run",
  get parameters() {
    return casesWithData(this.id, () => [{ n: PODS_ARRIVING }]);
  },
  unit: "s",
  samples: 9,
  async prepare() {
    const nodes = readOpenbNodes(await readTextFile(NODES), NODES);
    const pods = readOpenbPods(await readTextFile(PODS), PODS);
    const counts = { pods: pods.count, nodes: nodes.length };
    const order = readOpenbArrivals(await readTextFile(DEFAULT_ORDER), DEFAULT_ORDER, counts);
    const input = {
      nodes,
      pods,
      order,
      workload: "default",
      policy: findPlacementPolicy("fgd"),
      seed: 42,
    };
    replayOpenb(input);
    return input;
  },
  run: (input) => secondsOf(() => replayOpenb(input)),
};

/** Every published arrival order with the five deterministic policies, reading included, on all cores. */
export const fgdMatrix = {
  id: "fgd/matrix80",
  get parameters() {
    return casesWithData(this.id, () => [
      { n: readdirSync(ARRIVALS).length * DETERMINISTIC_POLICIES },
    ]);
  },
  unit: "s",
  samples: 2,
  prepare: () => publishedTasks(data),
  run: (tasks) => secondsOf(() => runReplays(tasks)),
};
