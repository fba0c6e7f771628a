import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { partitionsChart } from "../charts/partitions-over-time.js";
import { formatShare } from "../format/number.js";
import { quantityCell } from "../format/quantity.js";
import type { Configuration } from "../run-report-input.js";
import type { GroupResult } from "../../studies/run/result-document.js";
import { bucketColumn, timeBuckets } from "../series/time-buckets.js";
import { POINTS_MAX } from "./gpus.js";
import { drawnReplication } from "./replication-note.js";

/** Partitions drawn over time; the table has all of them. */
const DRAWN_MAX = 12;

const EXPLANATION =
  "Every partition has its own nodes and its own queue: a job waits in its partition although another one may have room. " +
  "A full partition with a queue beside an empty one asks for nodes to move, or for partitions that share.";

/** Partitions with nodes of their own: occupancy, queue and waits of each; absent when the cluster has none. */
export function partitionsSection(runs: readonly Configuration[]): ReportSection | undefined {
  const [base] = runs;
  if (runs.every(({ result }) => result.partitions.every(({ lane }) => lane === undefined)))
    return undefined;
  return {
    id: "partitions",
    title: "How each partition fared",
    blocks: [
      ...drawnReplication(runs),
      ...chartOf(base!, runs.length > 1),
      ...runs.map((run) => laneTable(run, runs.length > 1)).filter((block) => block !== undefined),
    ],
    explanation: EXPLANATION,
  };
}

function chartOf({ columns, drawn }: Configuration, several: boolean): readonly ReportBlock[] {
  const lanes = [...(columns.lanes ?? [])]
    .filter(({ gpus, timeS }) => gpus > 0 && timeS.length > 0)
    .sort((left, right) => right.gpus - left.gpus || (left.name < right.name ? -1 : 1))
    .slice(0, DRAWN_MAX);
  const startS = columns.series.timeS[0] ?? 0;
  const endS = Math.max(drawn.endS, startS);
  if (lanes.length === 0 || endS === startS) return [];
  const buckets = timeBuckets({ startS, endS, bucketsMax: Math.floor(POINTS_MAX / 2) });
  const chart = partitionsChart(
    lanes.map((lane) => {
      const result = drawn.partitions.find(({ name }) => name === lane.name)?.lane;
      return {
        lane,
        inUse: bucketColumn(
          lane.timeS,
          lane.gpuMilliAllocated.map((milli) => milli / (lane.gpus * 1000)),
          buckets,
        ),
        queued: bucketColumn(lane.timeS, lane.jobsQueued, buckets),
        allocatedShare: result?.allocatedShare ?? 0,
        queueLengthMean: result?.queueLengthMean ?? 0,
        queueLengthMax: result?.queueLengthMax ?? 0,
      };
    }),
    buckets,
  );
  return [...(several ? [{ kind: "text" as const, markdown: "Drawn is the base." }] : []), chart];
}

function laneTable({ name, result }: Configuration, several: boolean): ReportBlock | undefined {
  const lanes = result.partitions.filter(({ lane }) => lane !== undefined);
  if (lanes.length === 0) return undefined;
  return {
    kind: "table",
    caption: `Partitions with their own nodes${several ? `, ${name}` : ""}`,
    columns: [
      { header: "Partition" },
      { header: "GPUs", align: "right" },
      { header: "In use", align: "right" },
      { header: "Queued, mean", digits: 3, align: "right" },
      { header: "Queued, most", digits: 5, align: "right" },
      { header: "Completed", align: "right" },
      { header: "Not done", align: "right" },
      { header: "Median wait", align: "right" },
      { header: "95th percentile", align: "right" },
    ],
    rows: [...lanes].sort((left, right) => right.lane!.gpus - left.lane!.gpus).map(laneRow),
    fullTable: "result.json",
  };
}

function laneRow({ name, lane, outcomes, waitS }: GroupResult): readonly Cell[] {
  const { gpus, allocatedShare, queueLengthMean, queueLengthMax } = lane!;
  const open =
    outcomes === undefined ? null : outcomes.running + outcomes.waiting + outcomes.neverPlaceable;
  return [
    name === "" ? "(default)" : name,
    gpus,
    { text: formatShare(allocatedShare), value: allocatedShare },
    queueLengthMean,
    queueLengthMax,
    outcomes?.completed ?? null,
    outcomes !== undefined && outcomes.neverPlaceable > 0
      ? { text: String(open), value: open!, note: `${outcomes.neverPlaceable} never placeable` }
      : open,
    quantityCell(waitS.p50, "s"),
    quantityCell(waitS.p95, "s"),
  ];
}
