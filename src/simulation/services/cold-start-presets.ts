import { GIBIBYTE } from "../../hardware/byte-units.js";
import type { ColdStart } from "./cold-start.js";

/** A cold start by name, with where its numbers come from. */
export interface ColdStartPreset {
  readonly name: string;
  readonly description: string;
  readonly coldStart: ColdStart;
  readonly provenance: "published" | "assumed" | "given";
  readonly source: string;
}

const fixed = (name: string, medianS: number) => ({
  name,
  medianS,
  sigma: 0,
  kind: "fixed" as const,
});

const ISSUE = "https://github.com/kaito-project/kaito/issues/2325";

/** Bytes per second at which kept weights are read from a node's own disk: nobody published it with the run. */
const KEPT_BYTES_PER_S = 2e9;

/**
 * The named cold starts. Making the node ready is no part of them: that is the provisioning of an elastic
 * group (284 s and 126 s of the same run in the profile `vm`), and bare metal has none.
 */
export const COLD_START_PRESETS: readonly ColdStartPreset[] = [
  {
    name: "kaito-measured",
    description:
      "One measured run of KAITO: Qwen3.8-27B, 51.75 GiB, on Standard_NC24ads_A100_v4. Its 966 s hold 410 s of making the node ready, which the node group has.",
    coldStart: {
      phases: [
        fixed("resource preparation", 7),
        { name: "image pull", medianS: 101, sigma: 0, kind: "image" },
        fixed("container start", 3),
        fixed("framework start", 74),
        fixed("before loading", 21),
        {
          name: "model download and load",
          medianS: 62,
          sigma: 0,
          kind: "weights",
          bytesMeasured: 51.75 * GIBIBYTE,
        },
        fixed("engine start and warm-up", 195),
        fixed("benchmark", 92),
        fixed("readiness", 1),
      ],
      keepsImage: true,
      keepsWeights: true,
      keptBytesPerS: KEPT_BYTES_PER_S,
    },
    provenance: "published",
    source: `${ISSUE}; one run, so no spread; download in proportion to the size of the weights, and kept weights read at 2 GB/s (both assumed)`,
  },
  {
    name: "none",
    description: "A replica takes requests as soon as it has its GPUs.",
    coldStart: { phases: [], keepsImage: false, keepsWeights: false, keptBytesPerS: 1 },
    provenance: "assumed",
    source: "workload.services[].coldStart: none",
  },
];

/** The preset of a name, or undefined. */
export function findColdStart(name: string): ColdStartPreset | undefined {
  return COLD_START_PRESETS.find((preset) => preset.name === name);
}
