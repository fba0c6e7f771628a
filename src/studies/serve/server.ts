import type { TransferSpec } from "../../simulation/serving/engine/cache-fetches.js";
import type {
  AdmissionSpec,
  PrefillMode,
  ReplicaSpec,
  RequestClass,
  RouterName,
  RouterSpec,
  ServingRun,
} from "../../simulation/serving/serving-spec.js";
import { simulateServing } from "../../simulation/serving/simulate-serving.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { SettledReplica } from "./settle-replica.js";

/** How engines schedule and how the service before them routes; the same for every configuration. */
export interface ServiceSetting {
  readonly router: RouterName | RouterSpec;
  readonly prefill: PrefillMode;
  readonly order: "fcfs" | "priority";
  /** `enable_prefix_caching`, which vLLM v1 has on. */
  readonly hasPrefixCache: boolean;
  /** LoRA adapters at a time in a batch, and what loading one takes. */
  readonly adapters?: { readonly slots: number; readonly loadS: number };
  readonly admission?: AdmissionSpec;
  /** By name as the requests' classes are. */
  readonly classes: readonly RequestClass[];
  readonly seed: number;
  /** Replicas that only decode, and how they get caches; the others then only compute prompts. */
  readonly decoding?: { readonly replicas: number; readonly transfer: TransferSpec };
}

/** A configuration that serves requests with any number of replicas. */
export interface Server {
  run(requests: RequestTable, replicas: number): ServingRun;
}

/** Makes a server. The same requests and replicas give the same bytes. */
export function createServer({ spec, plan }: SettledReplica, setting: ServiceSetting): Server {
  const { decoding, adapters } = setting;
  const engines = plan.parallel.expertRanks;
  const replica: ReplicaSpec = {
    ...spec,
    prefill: setting.prefill,
    order: setting.order,
    hasPrefixCache: setting.hasPrefixCache,
    ...(adapters === undefined ? {} : { adapters }),
    // Ranks that share experts are engines of their own that take every step together.
    ...(engines === 1 ? {} : { dataParallel: { engines, isLockstep: true } }),
  };
  return {
    run(requests, replicas) {
      const known = new Map(setting.classes.map((one) => [one.name, one]));
      const classes = requests.classes?.names.map((name) => known.get(name) ?? { name });
      return simulateServing({
        requests,
        replicas,
        replica: decoding === undefined ? replica : { ...replica, role: "prefill" },
        router: setting.router,
        seed: setting.seed,
        ...(setting.admission === undefined ? {} : { admission: setting.admission }),
        ...(classes === undefined || classes.length === 0 ? {} : { classes }),
        ...(decoding === undefined
          ? {}
          : {
              decoding: {
                replicas: decoding.replicas,
                replica: { ...replica, role: "decode", transfer: decoding.transfer },
              },
            }),
      });
    },
  };
}
