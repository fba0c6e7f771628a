import type { QueueOptions, QueuePolicyOption } from "../types.js";

const GPU_SECONDS_MAX = 1e12;
/** Levels at most: each is an event of every long job. */
const LEVELS_MAX = 200;

/** Options for a geometric row of service levels. */
export function levelOptions(defaults: {
  readonly firstGpuS: number;
  readonly growth: number;
  readonly levels: number;
}): readonly QueuePolicyOption[] {
  return [
    {
      name: "firstLevel",
      type: "number",
      range: [1, GPU_SECONDS_MAX],
      unit: "GPU-s",
      default: defaults.firstGpuS,
      description: "GPU-seconds of service that a job gets in the first level.",
    },
    {
      name: "growth",
      type: "number",
      range: [1.01, 1e6],
      default: defaults.growth,
      description: "Each level ends at this many times the GPU-seconds of the level before.",
    },
    {
      name: "levels",
      type: "number",
      range: [1, LEVELS_MAX],
      default: defaults.levels,
      description: "Number of levels; the last one has no end.",
    },
  ];
}

/** GPU-seconds at which each level but the last ends. */
export function levelEndsGpuS(options: QueueOptions): Float64Array {
  const ends = new Float64Array(Math.max(0, Math.floor(Number(options["levels"])) - 1));
  let endGpuS = Number(options["firstLevel"]);
  for (let level = 0; level < ends.length; level++) {
    ends[level] = endGpuS;
    endGpuS *= Number(options["growth"]);
  }
  return ends;
}
