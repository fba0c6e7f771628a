import type { BackendName, BackendProbe, DeviceDescription } from "../backend.js";
import { kernelCost, specId, type KernelCost } from "../kernels/kernel-costs.js";
import type { KernelSpec } from "../kernels/kernel-spec.js";
import type { Suite, SuiteCase, TenantsAs } from "../suite/suite.js";
import type { CaseJob } from "./process-protocol.js";
import { rooflineOf } from "./roofline.js";
import type { Roofline } from "../result-document.js";

/** One device that a suite is run on. */
export interface Target {
  readonly backend: BackendName;
  readonly device: DeviceDescription;
}

/** One case of a session: a kernel of the suite on one device. */
export interface PlannedCase {
  readonly id: string;
  readonly target: Target;
  readonly suiteCase: SuiteCase;
  readonly job: CaseJob;
  readonly cost: KernelCost;
  readonly roofline: Roofline | undefined;
  /** Why it is not even tried; absent when it is. */
  readonly refusal?: string;
}

/** What narrows a suite down or changes it from the command line. */
export interface PlanOptions {
  /** Only cases whose id contains the text. */
  readonly filter?: string;
  /** In place of the suite's own numbers of tenants. */
  readonly tenants?: readonly number[];
  /** In place of what the suite says of several tenants. */
  readonly tenantsAs?: TenantsAs;
  /** Extra work by case id, such as 1.1. */
  readonly planted?: ReadonlyMap<string, number>;
  /** True when nobody asked for these devices: large kernels are then left out on the slow ones. */
  readonly skipLarge?: boolean;
}

/** Work that a device labelled software is not given without being asked: up to seconds per launch. */
const SOFTWARE_FLOPS_MAX = 200e6;
const SOFTWARE_BYTES_MAX = 100e6;

/** Beginning of the reason why a large kernel is left out on a slow device. */
export const TOO_LARGE = "it may take minutes on a CPU";

/** Every case of the suite on every target, in the order of the suite. */
export function planCases(
  suite: Suite,
  targets: readonly Target[],
  options: PlanOptions = {},
): readonly PlannedCase[] {
  const planned: PlannedCase[] = [];
  for (const target of targets) {
    for (const suiteCase of suite.cases) {
      if (suiteCase.backends?.includes(target.backend) === false) continue;
      for (const tenants of options.tenants ?? suiteCase.tenants) {
        const { spec } = suiteCase;
        const tenantsAs = tenants > 1 ? (options.tenantsAs ?? suiteCase.tenantsAs) : undefined;
        const id = caseId(target, specId(spec), tenants, tenantsAs);
        if (options.filter !== undefined && !id.includes(options.filter)) continue;
        const plantedWork = options.planted?.get(id);
        const cost = kernelCost(spec);
        planned.push({
          id,
          target,
          suiteCase,
          job: {
            ...{ id, spec, tenants },
            ...(tenantsAs === "processes" ? { tenantsAs } : {}),
            ...(plantedWork === undefined ? {} : { plantedWork }),
          },
          cost,
          roofline: rooflineOf(target.device.name, spec, cost),
          ...(options.skipLarge === true && isTooLarge(target, spec, cost)
            ? {
                refusal: `${TOO_LARGE}; --backend ${target.backend} runs it all the same`,
              }
            : {}),
        });
      }
    }
  }
  return planned;
}

function isTooLarge(
  { device }: Target,
  { shape }: KernelSpec,
  { flops, bytes }: KernelCost,
): boolean {
  if (device.label === "hardware") return false;
  // A gather reads few rows of a table that has to be there all the same.
  const tableBytes = "tableRows" in shape ? 4 * shape.tableRows * shape.columns : 0;
  return flops > SOFTWARE_FLOPS_MAX || Math.max(bytes, tableBytes) > SOFTWARE_BYTES_MAX;
}

/** The first device of a backend has its plain name in ids, others their number: `webgpu:1/…`. */
function caseId(
  { backend, device }: Target,
  kernel: string,
  tenants: number,
  tenantsAs: TenantsAs | undefined,
): string {
  const place = device.index === 0 ? backend : `${backend}:${device.index}`;
  const kind = tenantsAs === "processes" ? "-processes" : "";
  return `${place}/${kernel}${tenants === 1 ? "" : `/tenants-${tenants}${kind}`}`;
}

/** The targets among what was found, and why others are none. */
export function chooseTargets(
  probes: Readonly<Partial<Record<BackendName, BackendProbe>>>,
  wanted: readonly { readonly backend: BackendName; readonly deviceIndex: number }[],
): { readonly targets: readonly Target[]; readonly absent: readonly string[] } {
  const targets: Target[] = [];
  const absent: string[] = [];
  for (const { backend, deviceIndex } of wanted) {
    const probe = probes[backend];
    if (probe === undefined || !probe.available) {
      const reason = probe === undefined ? "this build does not have it" : probe.reason;
      absent.push(`${backend}: ${reason}`);
      continue;
    }
    const device = probe.devices[deviceIndex];
    if (device === undefined) {
      absent.push(`${backend}: there is no device ${deviceIndex}, only ${probe.devices.length}`);
    } else targets.push({ backend, device });
  }
  return { targets, absent };
}
