import {
  fastest,
  MEASURED_SYSTEMS,
  MEASURED_TABLES,
  measuredNode,
  NCCL_SOURCE,
  ncclCandidates,
  placeInsideDomain,
  intraNodeRates,
  switchedNode,
  type MeasuredSystem,
} from "../../../performance/collectives.js";
import { quantile } from "../../../stats/quantile.js";
import { boundedCheck, type Check } from "../check.js";

const MEBIBYTE = 1024 * 1024;
const MEDIAN_BAR_PCT = 25;
const RING_RATE_BAR_PCT = 10;
const TOPIC = "hardware";

/** NCCL's cost model against every measured table, system by system, and the ring rates it starts from. */
export function ncclModelChecks(): readonly Check[] {
  return [...MEASURED_SYSTEMS.flatMap(systemChecks), ...ringRateChecks()];
}

function systemChecks(system: MeasuredSystem): readonly Check[] {
  const large = (bytes: number): boolean => bytes >= MEBIBYTE;
  const rows = [
    { id: "from-1MiB", part: "", isUsed: true, keep: large },
    { id: "all-sizes", part: ", all sizes", isUsed: true, keep: (): boolean => true },
    { id: "nccl-alone", part: ", NCCL's own formula", isUsed: false, keep: large },
  ];
  return rows.map(({ id, part, isUsed, keep }) => {
    const errors = modelErrorsPct(system, isUsed, keep);
    const actual = quantile(errors, 0.5)!;
    const check = {
      id: `hardware/collectives/nccl-model/${system.name}/${id}`,
      topic: TOPIC,
      group: "NCCL's cost model against the measured tables, median error from 1 MiB",
      what: `${system.name}${part} (p95 ${quantile(errors, 0.95)!.toFixed(0)} %)`,
      source: `${system.dataset}; ${NCCL_SOURCE}`,
      expected: 0,
      actual,
      error: actual,
      unit: "%",
    };
    return id === "from-1MiB" && system.joinedBy === "nvswitch"
      ? boundedCheck({ ...check, bar: MEDIAN_BAR_PCT })
      : { ...check, bar: null, pass: null };
  });
}

function modelErrorsPct(
  system: MeasuredSystem,
  isUsed: boolean,
  keep: (bytes: number) => boolean,
): readonly number[] {
  return MEASURED_TABLES.filter((table) => table.system === system.name).flatMap((table) => {
    const { place } = placeInsideDomain(measuredNode(system, table.gpuCount), table.gpuCount);
    return table.bytes.flatMap((bytes, at) => {
      if (!keep(bytes)) return [];
      const candidates = isUsed
        ? ncclCandidates(table.op, bytes, place)
        : ncclCandidates(table.op, bytes, place, 0);
      return [100 * Math.abs(fastest(candidates).seconds / table.seconds[at]! - 1)];
    });
  });
}

/** NVLinks times NCCL's rate per link against all-reduce rings that were measured. */
function ringRateChecks(): readonly Check[] {
  const rows = [
    { gpu: "A100 SXM4-80GB", measured: 235, source: "stas00/ml-engineering@744d01e network" },
    { gpu: "H200 SXM-141GB", measured: 367.6, source: "stas00/ml-engineering@744d01e network" },
    { gpu: "B200", measured: 682, source: "stas00/ml-engineering@744d01e network" },
    {
      gpu: "V100 SXM2-32GB",
      measured: 110,
      source: "Azure/azurehpc-health-checks@0e0a1ac (acceptance limit of ND40rs_v2)",
    },
  ];
  return rows.map(({ gpu, measured, source }) => {
    const actual = intraNodeRates(switchedNode(gpu, 8)).ringBytesPerS / 1e9;
    return boundedCheck({
      id: `hardware/collectives/ring-rate/${gpu}`,
      topic: TOPIC,
      group: "ring rate: NVLinks of a GPU times NCCL's rate per link",
      what: gpu,
      source,
      expected: measured,
      actual,
      error: 100 * Math.abs(actual / measured - 1),
      unit: "GB/s, error %",
      bar: RING_RATE_BAR_PCT,
    });
  });
}
