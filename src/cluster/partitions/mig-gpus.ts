import { InvariantError } from "../../base/assert.js";
import { checkMigPlacements } from "../../hardware/mig/mig-layout.js";
import type { MigPlacement } from "../../hardware/mig/mig-geometry.js";
import type { MigPlace, MigTable } from "../../hardware/mig/mig-occupancy.js";
import type { GpuService, MigInstance } from "./partitioning.js";

/** Instances kept per GPU; no GPU holds more than seven. */
const STRIDE = 8;
const NONE = -1;
const SERVICES: readonly GpuService[] = ["in-service", "draining", "repartitioning"];
const IN_SERVICE = 0;
const DRAINING = 1;
const REPARTITIONING = 2;

/**
 * MIG GPUs of a cluster: their instances, and which are busy.
 *
 * Every layout is checked against the placement table when it is set, and instances are only taken and
 * given back, so no reachable state is illegal. A layout changes only where no instance is busy.
 */
export class MigGpus {
  /** Place in the table of the GPU's geometry, or -1. */
  readonly #place: Int16Array;
  /** One bit per instance in use. */
  readonly #busy: Uint8Array;
  readonly #service: Uint8Array;
  /** Slots, compute slices and media engines of the present layout. */
  readonly #occupancy: Int32Array;
  readonly #next = new Map<number, readonly MigPlace[]>();
  readonly #tables: readonly (MigTable | undefined)[];

  /** @param tables one per GPU; undefined for GPUs without MIG */
  constructor(tables: readonly (MigTable | undefined)[]) {
    this.#tables = tables;
    this.#place = new Int16Array(tables.length * STRIDE).fill(NONE);
    this.#busy = new Uint8Array(tables.length);
    this.#service = new Uint8Array(tables.length);
    this.#occupancy = new Int32Array(tables.length);
  }

  /** Sets the layout of a GPU without busy instances. @throws InvariantError when it is not legal or busy */
  setLayout(gpu: number, placements: readonly MigPlacement[]): void {
    this.#setPlaces(gpu, this.#placesOf(gpu, placements));
  }

  table(gpu: number): MigTable {
    const table = this.#tables[gpu];
    if (table === undefined) throw new InvariantError(`cluster: GPU ${gpu} is not a MIG GPU`);
    return table;
  }

  occupancy(gpu: number): number {
    return this.#occupancy[gpu]!;
  }

  isBusy(gpu: number): boolean {
    return this.#busy[gpu] !== 0;
  }

  busyCount(gpu: number): number {
    let count = 0;
    for (let bits = this.#busy[gpu]!; bits !== 0; bits &= bits - 1) count += 1;
    return count;
  }

  isInService(gpu: number): boolean {
    return this.#service[gpu] === IN_SERVICE;
  }

  service(gpu: number): GpuService {
    return SERVICES[this.#service[gpu]!]!;
  }

  /** Free instances of a profile; none while the GPU is not in service. */
  freeOf(gpu: number, profile: number): number {
    if (this.#service[gpu] !== IN_SERVICE) return 0;
    const { places } = this.#tables[gpu]!;
    let free = 0;
    for (let at = 0; at < STRIDE; at += 1) {
      const place = this.#place[gpu * STRIDE + at]!;
      if (place === NONE) break;
      if ((this.#busy[gpu]! & (1 << at)) === 0 && places[place]!.profileIndex === profile)
        free += 1;
    }
    return free;
  }

  /** Compute slices of busy instances. */
  busySlices(gpu: number): number {
    const { places } = this.#tables[gpu]!;
    let slices = 0;
    for (let at = 0; at < STRIDE; at += 1) {
      if ((this.#busy[gpu]! & (1 << at)) !== 0)
        slices += places[this.#place[gpu * STRIDE + at]!]!.profile.computeSlices;
    }
    return slices;
  }

  /** The first instance of the profile that is free, made busy; its position, or -1 when there is none. */
  take(gpu: number, profile: number): number {
    if (this.freeOf(gpu, profile) === 0) return NONE;
    const { places } = this.#tables[gpu]!;
    for (let at = 0; at < STRIDE; at += 1) {
      const place = this.#place[gpu * STRIDE + at]!;
      const isFree = (this.#busy[gpu]! & (1 << at)) === 0;
      if (isFree && place !== NONE && places[place]!.profileIndex === profile) {
        this.#busy[gpu]! |= 1 << at;
        return at;
      }
    }
    return NONE;
  }

  /** Frees an instance that `take` gave. */
  give(gpu: number, at: number): void {
    const bit = 1 << at;
    if ((this.#busy[gpu]! & bit) === 0)
      throw new InvariantError(`cluster: instance ${at} of GPU ${gpu} is freed and was not busy`);
    this.#busy[gpu]! &= ~bit;
  }

  /** The place of an instance. */
  placeAt(gpu: number, at: number): MigPlace {
    return this.#tables[gpu]!.places[this.#place[gpu * STRIDE + at]!]!;
  }

  instances(gpu: number): readonly MigInstance[] {
    const all: MigInstance[] = [];
    for (let at = 0; at < STRIDE && this.#place[gpu * STRIDE + at] !== NONE; at += 1) {
      const { profile, start } = this.placeAt(gpu, at);
      all.push({ profile: profile.name, start, isBusy: (this.#busy[gpu]! & (1 << at)) !== 0 });
    }
    return all;
  }

  /** Keeps new pods off a GPU in service. */
  drain(gpu: number): void {
    this.#expect(gpu, IN_SERVICE, "drained");
    this.#service[gpu] = DRAINING;
  }

  /** Lets pods onto a draining GPU again. */
  undrain(gpu: number): void {
    this.#expect(gpu, DRAINING, "put back in service");
    this.#service[gpu] = IN_SERVICE;
  }

  /** Begins a change of layout. @throws InvariantError when an instance is busy or the layout is not legal */
  beginRepartition(gpu: number, placements: readonly MigPlacement[]): void {
    if (this.isBusy(gpu) || this.#service[gpu] === REPARTITIONING) {
      throw new InvariantError(
        `cluster: GPU ${gpu} is to be repartitioned while ${this.isBusy(gpu) ? "an instance is busy" : "it already is"}`,
      );
    }
    this.#next.set(gpu, this.#placesOf(gpu, placements));
    this.#service[gpu] = REPARTITIONING;
  }

  /** The layout that `beginRepartition` was given, until it is in place. */
  nextLayout(gpu: number): readonly MigPlacement[] {
    const places = this.#next.get(gpu) ?? [];
    return places.map(({ profile, start }) => ({ profile: profile.name, start }));
  }

  /** Puts the new layout in place. */
  finishRepartition(gpu: number): void {
    this.#expect(gpu, REPARTITIONING, "finished");
    const places = this.#next.get(gpu)!;
    this.#next.delete(gpu);
    this.#service[gpu] = IN_SERVICE;
    this.#setPlaces(gpu, places);
  }

  /** @throws InvariantError when the instances of a GPU break a rule of its placement table */
  check(gpu: number, busyWanted: number): void {
    const checked = checkMigPlacements(this.table(gpu).geometry, this.instances(gpu));
    if (checked.kind === "illegal")
      throw new InvariantError(`cluster: GPU ${gpu}: ${checked.faults[0]!.message}`);
    if (checked.occupancy !== this.#occupancy[gpu])
      throw new InvariantError(`cluster: GPU ${gpu}: the occupancy of its layout is wrong`);
    if (this.#busy[gpu] !== busyWanted) {
      throw new InvariantError(
        `cluster: GPU ${gpu}: busy instances are ${this.#busy[gpu]}, recomputed ${busyWanted}`,
      );
    }
    if (this.#service[gpu] === REPARTITIONING && this.isBusy(gpu))
      throw new InvariantError(`cluster: GPU ${gpu} is repartitioned while an instance is busy`);
  }

  #expect(gpu: number, service: number, what: string): void {
    if (this.#service[gpu] === service) return;
    throw new InvariantError(`cluster: GPU ${gpu} is to be ${what} and is ${this.service(gpu)}`);
  }

  #placesOf(gpu: number, placements: readonly MigPlacement[]): readonly MigPlace[] {
    const table = this.table(gpu);
    const checked = checkMigPlacements(table.geometry, placements);
    if (checked.kind === "illegal")
      throw new InvariantError(`cluster: GPU ${gpu}: ${checked.faults[0]!.message}`);
    return placements
      .map((placement) => table.placeOf(placement)!)
      .sort((left, right) => left.start - right.start);
  }

  #setPlaces(gpu: number, places: readonly MigPlace[]): void {
    if (this.isBusy(gpu))
      throw new InvariantError(
        `cluster: the layout of GPU ${gpu} changes while an instance is busy`,
      );
    const table = this.table(gpu);
    this.#place.fill(NONE, gpu * STRIDE, (gpu + 1) * STRIDE);
    places.forEach((place, at) => (this.#place[gpu * STRIDE + at] = place.index));
    this.#occupancy[gpu] = places.reduce((taken, place) => table.take(taken, place), 0);
  }
}
