import type { BackendName, BackendProbe, DeviceDescription } from "../backend.js";
import { kernelCost, specId, type KernelCost } from "../kernels/kernel-costs.js";
import type { Suite, SuiteCase } from "../suite/suite.js";
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
}

/** What narrows a suite down or changes it from the command line. */
export interface PlanOptions {
  /** Only cases whose id contains the text. */
  readonly filter?: string;
  /** In place of the suite's own numbers of tenants. */
  readonly tenants?: readonly number[];
  /** Extra work by case id, such as 1.1. */
  readonly planted?: ReadonlyMap<string, number>;
}

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
        const id = caseId(target, specId(spec), tenants);
        if (options.filter !== undefined && !id.includes(options.filter)) continue;
        const plantedWork = options.planted?.get(id);
        const cost = kernelCost(spec);
        planned.push({
          id,
          target,
          suiteCase,
          job: { id, spec, tenants, ...(plantedWork === undefined ? {} : { plantedWork }) },
          cost,
          roofline: rooflineOf(target.device.name, spec, cost),
        });
      }
    }
  }
  return planned;
}

/** The first device of a backend has its plain name in ids, others their number: `webgpu:1/…`. */
function caseId({ backend, device }: Target, kernel: string, tenants: number): string {
  const place = device.index === 0 ? backend : `${backend}:${device.index}`;
  return `${place}/${kernel}${tenants === 1 ? "" : `/tenants-${tenants}`}`;
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
