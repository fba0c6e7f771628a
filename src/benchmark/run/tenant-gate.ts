/** Lets the tenants of one device start together and stay until all are done. */
export interface TenantGate {
  /** Waits until every tenant is ready. False when one of them failed: there is nothing to measure then. */
  start(): Promise<boolean>;
  /** Tells that this tenant has its samples. */
  finish(): void;
  /** True once every tenant has its samples; until then each keeps the device busy for the others. */
  isOver(): Promise<boolean>;
  /** Tells the others that this tenant cannot take part. */
  fail(): void;
}

const READY = 0;
const FINISHED = 1;
const FAILED = 2;

/** Longest wait for the others, in milliseconds: preparing the largest kernels takes less. */
const WAIT_MAX_MS = 120_000;

/** Memory of a gate for any number of tenants. */
export function createGateMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(12);
}

/** The gate of one of `tenants` tenants that are threads of one process, over shared memory. Waits without giving way. */
export function createTenantGate(memory: SharedArrayBuffer, tenants: number): TenantGate {
  const cells = new Int32Array(memory);
  return {
    start: () => Promise.resolve(wait(cells, tenants)),
    finish() {
      Atomics.add(cells, FINISHED, 1);
    },
    isOver: () =>
      Promise.resolve(Atomics.load(cells, FAILED) > 0 || Atomics.load(cells, FINISHED) >= tenants),
    fail() {
      Atomics.add(cells, FAILED, 1);
      // Those who wait look at the count of the ready ones.
      Atomics.add(cells, READY, 1);
      Atomics.notify(cells, READY);
    },
  };
}

/** Waits until every tenant is ready; false when one of them cannot be. */
function wait(cells: Int32Array, tenants: number): boolean {
  if (Atomics.add(cells, READY, 1) + 1 >= tenants) Atomics.notify(cells, READY);
  const endMs = Date.now() + WAIT_MAX_MS;
  for (;;) {
    const ready = Atomics.load(cells, READY);
    if (Atomics.load(cells, FAILED) > 0) return false;
    if (ready >= tenants) return true;
    const leftMs = endMs - Date.now();
    if (leftMs <= 0) return false;
    Atomics.wait(cells, READY, ready, leftMs);
  }
}
