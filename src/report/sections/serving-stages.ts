import type { ServiceResult } from "../../studies/run/serving-document.js";
import type { Cell } from "../block.js";
import { formatSignificant } from "../format/number.js";
import { quantityCell } from "../format/quantity.js";

/** Columns of the table of stages before generation. */
export const STAGE_COLUMNS = [
  { header: "Stage" },
  { header: "What it is" },
  { header: "Time", align: "right" },
  { header: "Wait, median", align: "right" },
  { header: "Wait, p95", align: "right" },
  { header: "Wait, p99", align: "right" },
  { header: "Busy", align: "right" },
] as const;

/** Rows of one service; none where requests come right away. */
export function stageRows({
  name: service,
  stages = [],
}: ServiceResult): readonly (readonly Cell[])[] {
  return stages.map(({ name, what, servers, seconds, waitS, busyShare, cpuCores, gpus, pods }) => [
    { text: name, note: service },
    {
      text: what,
      note: `${servers} at once; ${formatSignificant(cpuCores)} cores, ${gpus} GPUs ${pods === undefined ? "beside the cluster" : "on its nodes"}`,
    },
    quantityCell(seconds, "s"),
    quantityCell(waitS.p50, "s"),
    quantityCell(waitS.p95, "s"),
    quantityCell(waitS.p99, "s"),
    quantityCell(busyShare, "share"),
  ]);
}
