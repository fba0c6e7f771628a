import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { fileProblem, readTextFile } from "../../../io/read-file.js";
import type { Check } from "../check.js";
import { curveChecks, type PublishedRun, type PublishedStudy } from "./curve-checks.js";
import { goldenChecks, type GoldenRun } from "./golden-checks.js";
import { ownDrawChecks, STUDY_WORKLOADS, WORKLOAD_PREFIX } from "./own-draw-checks.js";
import { readPublishedCurves, STUDY_POLICIES, type PublishedCurves } from "./published-curves.js";
import { runReplays, type ReplayPoolOptions } from "./replay-pool.js";
import type { ReplayTask } from "./replay-task.js";

/** Seeds of the study, used for our own draws on the default workload. */
const SEEDS = [42, 43, 44, 45, 46, 47, 48, 49, 50, 51] as const;
/** Seeds of our own draws on the other workloads, where only the first place is asked. */
const SEEDS_OF_OTHERS = SEEDS.slice(0, 2);
const DETERMINISTIC = STUDY_POLICIES.map(({ name }) => name).filter((name) => name !== "random");

/**
 * Replays the FGD study and compares: every published arrival order in the data folder with the five
 * deterministic policies point by point, the golden file, and our own draws with the published averages
 * and ranking.
 *
 * @throws InputError when a file is missing or broken
 */
export async function validateFgd(
  dataFolder: string,
  options: ReplayPoolOptions = {},
): Promise<readonly Check[]> {
  const published = await publishedTasks(dataFolder);
  const own = ownTasks(dataFolder);
  const reports = await runReplays([...published, ...own], options);
  const runs = published.map((task, i): PublishedRun => ({ ...task, report: reports[i]! }));
  return [
    ...curveChecks(runs, await readStudy(dataFolder)),
    ...(await allGoldenChecks(dataFolder, runs)),
    ...ownDrawChecks(reports.slice(published.length)),
  ];
}

/** Reads the three published result files. */
export async function readStudy(dataFolder: string): Promise<PublishedStudy> {
  const read = async (name: string): Promise<PublishedCurves> => {
    const path = join(dataFolder, "fgd-published", name);
    return readPublishedCurves(await readTextFile(path), path);
  };
  return {
    allocation: await read("analysis_allo_discrete.csv"),
    fragAmount: await read("analysis_frag_discrete.csv"),
    fragRatio: await read("analysis_frag_ratio_discrete.csv"),
  };
}

/** A task per published arrival order and deterministic policy. */
export async function publishedTasks(dataFolder: string): Promise<readonly ReplayTask[]> {
  const folder = join(dataFolder, "fgd-published", "arrivals");
  const files = (await readdir(folder)).filter((name) => /\.json(\.gz)?$/.test(name)).sort();
  const tasks: ReplayTask[] = [];
  for (const name of files) {
    const arrivalsFile = join(folder, name);
    const { workload, seed } = JSON.parse(await readTextFile(arrivalsFile)) as {
      workload?: unknown;
      seed?: unknown;
    };
    if (typeof workload !== "string" || typeof seed !== "number") {
      throw fileProblem(
        arrivalsFile,
        "does not name its workload and seed",
        "copy the published file again",
      );
    }
    tasks.push(
      ...DETERMINISTIC.map((policy) => ({
        ...listsOf(dataFolder, workload),
        arrivalsFile,
        workload,
        policy,
        seed,
      })),
    );
  }
  return tasks;
}

/** Tasks with arrival orders of our own, for the pod lists that are there. */
function ownTasks(dataFolder: string): readonly ReplayTask[] {
  return STUDY_WORKLOADS.map((name) => WORKLOAD_PREFIX + name)
    .filter((workload) => existsSync(listsOf(dataFolder, workload).podsFile))
    .flatMap((workload) => {
      const seeds = workload === `${WORKLOAD_PREFIX}default` ? SEEDS : SEEDS_OF_OTHERS;
      return STUDY_POLICIES.flatMap(({ name }) =>
        seeds.map((seed) => ({ ...listsOf(dataFolder, workload), workload, policy: name, seed })),
      );
    });
}

function listsOf(dataFolder: string, workload: string): { nodesFile: string; podsFile: string } {
  const folder = join(dataFolder, "openb");
  return {
    nodesFile: join(folder, "openb_node_list_gpu_node.csv"),
    podsFile: join(folder, `${workload}.csv`),
  };
}

/** Checks every `golden_<workload>_<seed>.json` whose arrival order is there. */
async function allGoldenChecks(
  dataFolder: string,
  runs: readonly PublishedRun[],
): Promise<readonly Check[]> {
  const folder = join(dataFolder, "fgd-published");
  const checks: Check[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const match = /^golden_(\w+)_(\d+)\.json$/.exec(name);
    if (match === null) continue;
    const same = runs.filter(
      ({ workload, seed }) => workload === WORKLOAD_PREFIX + match[1]! && seed === Number(match[2]),
    );
    if (same.length === 0) continue;
    const golden = JSON.parse(await readTextFile(join(folder, name))) as GoldenRun;
    checks.push(...goldenChecks(golden, name, same));
  }
  return checks;
}
