import { findGpu } from "../../hardware/find-gpu.js";
import { sourceText } from "../../hardware/sources.js";

/** A power with where it comes from. */
export interface SourcedPower {
  readonly powerW: number;
  readonly provenance: "published" | "assumed" | "given";
  readonly source: string;
}

/** Power of one GPU of a model while nothing runs on it, and while it is wholly given to a job. */
export interface GpuPower {
  /** Undefined when nobody published or assumed one. */
  readonly idle: SourcedPower | undefined;
  /** Undefined when nobody published one. */
  readonly busy: SourcedPower | undefined;
}

/**
 * Idle watts of NVIDIA's mock of its own management library. They are defaults of a mock, not measurements:
 * nobody published bare idle power, and a CUDA context adds 26 to 50 W (H100, A100) or 66 W (L40S) to it
 * (arXiv 2605.23918).
 */
const MOCK_IDLE_W: ReadonlyMap<string, number> = new Map([
  ["T4", 12],
  ["L40S", 45],
  ["A100 SXM4-40GB", 72],
  ["A100 SXM4-80GB", 72],
  ["H100 SXM5-80GB", 95],
  ["B200", 130],
  ["GB200", 145],
]);

const MOCK_SOURCE =
  "default of a mock, not a measurement: NVIDIA/k8s-test-infra@3b2b865 deployments/nvml-mock/helm/nvml-mock/profiles/*.yaml";

/** One observation of an A2 in its lowest power state, without a load. */
const A2_IDLE: SourcedPower = {
  powerW: 5,
  provenance: "published",
  source:
    "observed in P8, MicrosoftDocs/azure-stack-docs azure-local/manage/gpu-preparation.md (2026-02-11)",
};

/**
 * What is known of the power of a GPU model.
 *
 * Busy power is the model's thermal design power: an upper bound, which a job reaches only with dense matrix
 * work. A model nobody wrote about has none.
 */
export function knownGpuPower(model: string): GpuPower {
  const found = findGpu(model);
  if (found.kind !== "found") return { idle: undefined, busy: undefined };
  const { name, powerMaxW, sources } = found.gpu;
  const mock = MOCK_IDLE_W.get(name);
  const idle: SourcedPower | undefined =
    name === "A2"
      ? A2_IDLE
      : mock === undefined
        ? undefined
        : { powerW: mock, provenance: "assumed", source: MOCK_SOURCE };
  const busy: SourcedPower | undefined =
    powerMaxW === undefined
      ? undefined
      : {
          powerW: powerMaxW,
          provenance: "published",
          source: `thermal design power, an upper bound; ${sourceText(sources)}`,
        };
  return { idle, busy };
}
