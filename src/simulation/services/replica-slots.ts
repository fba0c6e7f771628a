import type { EventId } from "../../engine/types.js";
import type { PhaseTaken } from "./cold-start.js";
import type { ReplicaLife } from "./deployed-service.js";

/** Where a row of the job table stands as a replica. */
type SlotState = "off" | "queued" | "starting" | "ready" | "draining" | "refused";

/** A row of the job table that may be a replica. */
export interface ReplicaSlot {
  readonly row: number;
  state: SlotState;
  wantedS: number;
  placedS: number;
  readyS: number;
  drainedS: number;
  nodes: readonly number[];
  phases: readonly PhaseTaken[];
  gpus: number;
  /** Its number in the service, from when it takes requests. */
  engine: number | undefined;
  /** The moment that takes it further. */
  next: EventId | undefined;
}

/** A row that is no replica. */
export function createSlot(row: number): ReplicaSlot {
  const never = Number.NaN;
  return {
    row,
    state: "off",
    wantedS: never,
    placedS: never,
    readyS: never,
    drainedS: never,
    nodes: [],
    phases: [],
    gpus: 0,
    engine: undefined,
    next: undefined,
  };
}

/** The stay of a slot so far, as a record. */
export function lifeOf(slot: ReplicaSlot, endS: number, ended: string): ReplicaLife {
  const { row, wantedS, placedS, readyS, drainedS, nodes, phases, gpus } = slot;
  return { row, wantedS, placedS, readyS, drainedS, endS, ended, nodes, phases, gpus };
}

/** Makes a slot ready for its next stay. */
export function clearSlot(slot: ReplicaSlot, state: SlotState, wantedS: number): void {
  Object.assign(slot, createSlot(slot.row), { state, wantedS });
}

/**
 * The replicas that go first when there are to be fewer, as Kubernetes removes pods: those without a place,
 * those that do not take requests yet, those that were ready last; the youngest first.
 */
export function firstToGo(slots: readonly ReplicaSlot[], count: number): readonly ReplicaSlot[] {
  const order: Readonly<Record<string, number>> = { refused: 0, queued: 0, starting: 1, ready: 2 };
  return slots
    .filter(({ state }) => order[state] !== undefined)
    .sort(
      (left, right) =>
        order[left.state]! - order[right.state]! ||
        (right.state === "ready" ? right.readyS - left.readyS : right.wantedS - left.wantedS) ||
        right.row - left.row,
    )
    .slice(0, count);
}
