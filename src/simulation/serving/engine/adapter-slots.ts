import type { AdapterSpec } from "./feature-specs.js";

const BARE = -1;

/**
 * Which adapters are on the GPU and used. Only what no running request uses makes room, the least recently used
 * first; who needs a further slot waits, and others go before.
 */
export interface AdapterSlots {
  /** Loads so far, from the host's memory and from beyond it. */
  readonly copies: number;
  readonly loads: number;
  readonly inUse: number;
  isInUse(adapter: number): boolean;
  /** Whether a request with the adapter may run beside those that do. */
  hasRoom(adapter: number): boolean;
  /** A request with the adapter runs. @returns seconds until it is on the GPU */
  take(adapter: number): number;
  /** One that used it runs no more. */
  release(adapter: number): void;
}

/** Makes slots without adapters. */
export function createAdapterSlots(spec: AdapterSpec): AdapterSlots {
  return new Slots(spec);
}

class Slots implements AdapterSlots {
  copies = 0;
  loads = 0;
  /** Running requests by adapter in use. */
  private readonly users = new Map<number, number>();
  /** On the GPU and not in use, the least recently used first. */
  private readonly idle = new Set<number>();
  /** In the host's memory, the least recently used first. */
  private readonly host = new Set<number>();

  constructor(private readonly spec: AdapterSpec) {}

  get inUse(): number {
    return this.users.size;
  }

  isInUse(adapter: number): boolean {
    return this.users.has(adapter);
  }

  hasRoom(adapter: number): boolean {
    return adapter === BARE || this.users.has(adapter) || this.users.size < this.spec.slots;
  }

  take(adapter: number): number {
    if (adapter === BARE) return 0;
    const users = this.users.get(adapter) ?? 0;
    this.users.set(adapter, users + 1);
    if (users > 0 || this.idle.delete(adapter)) return 0;
    while (this.users.size + this.idle.size > this.spec.slots) deleteFirst(this.idle);
    if (this.host.has(adapter)) {
      this.touchHost(adapter);
      this.copies++;
      return this.spec.copyS ?? 0;
    }
    this.touchHost(adapter);
    this.loads++;
    return this.spec.loadS;
  }

  release(adapter: number): void {
    if (adapter === BARE) return;
    const users = this.users.get(adapter)! - 1;
    if (users > 0) {
      this.users.set(adapter, users);
      return;
    }
    this.users.delete(adapter);
    this.idle.add(adapter);
    this.touchHost(adapter);
  }

  private touchHost(adapter: number): void {
    this.host.delete(adapter);
    this.host.add(adapter);
    const { slots, hostSlots = slots } = this.spec;
    while (this.host.size > Math.max(slots, hostSlots)) deleteFirst(this.host);
  }
}

function deleteFirst(set: Set<number>): void {
  for (const first of set) {
    set.delete(first);
    return;
  }
}

export type { AdapterSpec };
