import { join } from "node:path";
import { readTextFile } from "../../io/read-file.js";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import type { JobTable } from "../../workload/job-table.js";

/** One job as another simulator reported it, in seconds on the clock of the first submission. */
export interface PeerJob {
  readonly gpus: number;
  readonly submitS: number;
  readonly durationS: number;
  readonly startS: number;
  readonly endS: number;
}

/** The rows of a CSV file as maps from column name to text; none of the columns asked for is ever quoted. */
async function readColumns(
  path: string,
  names: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const [header, ...lines] = (await readTextFile(path))
    .split(/\r?\n/)
    .filter((line) => line !== "");
  const columns = header!.split(",");
  const places = names.map((name) => {
    const place = columns.indexOf(name);
    if (place < 0)
      throw new Error(`validate jobs: ${path} has no column ${name}; it has ${header}`);
    return place;
  });
  return lines.map((line) => {
    const fields = line.split(",");
    return places.map((place) => fields[place]!);
  });
}

/** The 4,110 jobs as one pool sees them, in file order. */
export async function readPoolJobs(dataFolder: string): Promise<JobTable> {
  const rows = await readColumns(join(dataFolder, "philly/phillyD_pool.csv"), [
    "job_id",
    "num_gpu",
    "submit_time",
    "duration",
  ]);
  const builder = createJobTableBuilder();
  for (const [id, gpus, submitS, durationS] of rows) {
    builder.add({
      id: id!,
      gpuCount: Number(gpus),
      submitS: Number(submitS),
      durationS: Number(durationS),
    });
  }
  return builder.build().jobs;
}

/** The same jobs with their virtual clusters, in file order. */
export async function readPartitionedJobs(dataFolder: string): Promise<JobTable> {
  const names = ["vc", "gpu_num", "submit_time", "duration"];
  const rows = await readColumns(join(dataFolder, "philly/phillyD.csv"), names);
  const builder = createJobTableBuilder();
  rows.forEach(([partition, gpus, submitted, durationS], row) => {
    builder.add({
      id: String(row),
      partition: partition!,
      gpuCount: Number(gpus),
      submitS: Date.parse(`${submitted!.replace(" ", "T")}Z`) / 1000,
      durationS: Number(durationS),
    });
  });
  return builder.build().jobs;
}

/** Nodes of 8 GPUs per virtual cluster. */
export async function readPartitionNodes(dataFolder: string): Promise<ReadonlyMap<string, number>> {
  const text = await readTextFile(join(dataFolder, "philly/phillyD.vc_nodes.json"));
  return new Map(Object.entries(JSON.parse(text) as Record<string, number>));
}

/** What Tiresias reported for its policy (`fifo`, `fjf`), by job id. */
export async function readTiresiasJobs(
  dataFolder: string,
  policy: string,
): Promise<readonly PeerJob[]> {
  const path = join(dataFolder, `philly/peers/tiresias_${policy}.csv.gz`);
  const names = ["job_id", "num_gpu", "submit_time", "duration", "start_time", "end_time"];
  const jobs: PeerJob[] = [];
  for (const [id, ...fields] of await readColumns(path, names)) jobs[Number(id)] = peerJob(fields);
  return jobs;
}

/** What Helios reported for one virtual cluster; its rows carry no job id. */
export async function readHeliosJobs(
  dataFolder: string,
  policy: string,
  partition: string,
): Promise<readonly PeerJob[]> {
  const path = join(dataFolder, `philly/peers/helios_${policy}_${partition}.csv.gz`);
  return (
    await readColumns(path, ["gpu_num", "submit_time", "duration", "start_time", "end_time"])
  ).map(peerJob);
}

function peerJob(fields: readonly string[]): PeerJob {
  const [gpus, submitS, durationS, startS, endS] = fields.map(Number);
  return { gpus: gpus!, submitS: submitS!, durationS: durationS!, startS: startS!, endS: endS! };
}
