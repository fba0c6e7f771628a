import { validateCalibration } from "./calibration/validate-calibration.js";
import type { Check } from "./check.js";
import { validateFgd } from "./fgd/validate-fgd.js";
import { validateFleet } from "./fleet/validate-fleet.js";
import { collectiveDataChecks } from "./hardware/collective-checks.js";
import { validateHardware } from "./hardware/validate-hardware.js";
import { validateJobs } from "./jobs.js";
import { validateQueueing } from "./queueing.js";
import { validateServing } from "./serving/validate-serving.js";

/** How a topic runs. */
export interface ValidateOptions {
  /** Worker threads for topics with many runs; all cores when absent. */
  readonly threads?: number;
  /** Called as runs finish. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A group of comparisons with one body of reference data. */
export interface ValidateTopic {
  /** One sentence for help and documentation. */
  readonly description: string;
  /** Folders of the data folder that must be there. */
  readonly needs: readonly string[];
  check(dataFolder: string, options: ValidateOptions): Promise<readonly Check[]>;
  /** Further rows of a topic that are left out, and said to be missing, where their data is not there. */
  readonly rowsWithData?: {
    readonly needs: readonly string[];
    check(dataFolder: string): Promise<readonly Check[]>;
  };
}

/** The topics of `headroom validate`, in the order they run. */
export const VALIDATE_TOPICS: Readonly<Record<string, ValidateTopic>> = {
  fgd: {
    description:
      "Placement policies against the published runs of the FGD study (USENIX ATC 2023), point by point.",
    needs: ["openb", "fgd-published"],
    check: validateFgd,
  },
  jobs: {
    description:
      "Whole runs against Tiresias, the PAI simulator and Helios on the same jobs, job by job.",
    needs: ["philly"],
    check: validateJobs,
  },
  queueing: {
    description:
      "Mean waits against the closed forms of queueing theory, within the runs' own intervals.",
    needs: [],
    check: validateQueueing,
  },
  hardware: {
    description:
      "MIG geometry, collectives, topology and reliability against published tables, runs and closed forms.",
    needs: [],
    check: validateHardware,
    rowsWithData: { needs: ["collectives"], check: collectiveDataChecks },
  },
  serving: {
    description:
      "KAITO's own tests of how many nodes a model needs, and recorded runs of vLLM against simulated ones.",
    needs: ["kaito", "vllm-golden", "vllm-layer-tables", "azure-llm"],
    check: validateServing,
  },
  fleet: {
    description:
      "Placement across clusters, rollouts, Ray, quorum and autoscaling against the projects' own tests and tables.",
    needs: [],
    check: validateFleet,
  },
  calibration: {
    description:
      "Efficiency surfaces fitted to half of NVIDIA's published matrix products, against the other half.",
    needs: ["aiconfigurator"],
    check: validateCalibration,
  },
};
