// Entry of a worker thread: piscina calls the default export with one task. One thread is one tenant.
import { BackendError, type BackendName, type BackendSession } from "../backend.js";
import { BACKENDS } from "../backends/registry.js";
import { measureCase } from "./measure-case.js";
import type { CaseJob, CaseOutcome, Sampling } from "./process-protocol.js";
import { createTenantGate, type TenantGate } from "./tenant-gate.js";

/** One case for one tenant, or the end. */
export type TenantTask =
  | {
      readonly task: "measure";
      readonly backend: BackendName;
      readonly deviceIndex: number;
      readonly seed: number;
      readonly sampling: Sampling;
      readonly job: CaseJob;
      /** Shared by all tenants of the case. */
      readonly gate: SharedArrayBuffer;
    }
  | { readonly task: "close"; readonly gate: SharedArrayBuffer; readonly tenants: number };

let session: BackendSession | undefined;

/** Measures one case on this thread's own device, which is opened for the first one. */
export default async function work(task: TenantTask): Promise<CaseOutcome | undefined> {
  if (task.task === "close") {
    // Holds the thread until each of the others has its own task to close.
    await createTenantGate(task.gate, task.tenants).start();
    await session?.dispose();
    session = undefined;
    return undefined;
  }
  const gate = createTenantGate(task.gate, task.job.tenants);
  return measureTenant({ ...task, gate, sharesProcess: task.job.tenants > 1 });
}

/** Measures one case on this thread's device, which is opened for the first one; with others only between the gate's words. */
export async function measureTenant(task: {
  readonly backend: BackendName;
  readonly deviceIndex: number;
  readonly seed: number;
  readonly sampling: Sampling;
  readonly job: CaseJob;
  readonly gate: TenantGate;
  /** True when other tenants are threads of this process. */
  readonly sharesProcess: boolean;
}): Promise<CaseOutcome> {
  const { gate } = task;
  try {
    session ??= await openSession(task.backend, task.deviceIndex, task.sharesProcess);
  } catch (error) {
    gate.fail();
    if (!(error instanceof BackendError)) throw error;
    return { status: "failed", reason: error.message, fault: error.fault };
  }
  return measureCase(session, task.job, {
    seed: task.seed,
    sampling: task.sampling,
    ...(task.job.tenants > 1 ? { gate } : {}),
  });
}

async function openSession(
  name: BackendName,
  deviceIndex: number,
  sharesProcess: boolean,
): Promise<BackendSession> {
  const load = BACKENDS[name];
  if (load === undefined) throw new BackendError("unavailable", `no backend is called ${name}`);
  return (await load()).open(deviceIndex, { sharesProcess });
}
