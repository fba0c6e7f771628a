/** Lets the tenants of one device start together and stay until all are done. Lives in shared memory. */
export interface TenantGate {
  /** Waits until every tenant is ready. False when one of them failed: there is nothing to measure then. */
  start(): boolean;
  /** Tells that this tenant has its samples. */
  finish(): void;
  /** True once every tenant has its samples; until then each keeps the device busy for the others. */
  isOver(): boolean;
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

/** The gate of one of `tenants` tenants over shared memory. */
export function createTenantGate(memory: SharedArrayBuffer, tenants: number): TenantGate {
  const cells = new Int32Array(memory);
  return {
    start() {
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
    },
    finish() {
      Atomics.add(cells, FINISHED, 1);
    },
    isOver: () => Atomics.load(cells, FAILED) > 0 || Atomics.load(cells, FINISHED) >= tenants,
    fail() {
      Atomics.add(cells, FAILED, 1);
      // Those who wait look at the count of the ready ones.
      Atomics.add(cells, READY, 1);
      Atomics.notify(cells, READY);
    },
  };
}
