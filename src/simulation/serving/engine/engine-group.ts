import type { ServiceCounters } from "../service-counters.js";
import type { Engine } from "./engine.js";
import { addCounters, NOTHING_COUNTED } from "./engine-counts.js";
import { leastLoaded } from "./least-loaded.js";

/** Engines of one replica that step each for itself, as data-parallel ranks of a dense model do. */
export function createEngineGroup(engines: readonly Engine[]): Engine {
  const sum = (of: (engine: Engine) => number): number =>
    engines.reduce((total, engine) => total + of(engine), 0);
  return {
    get nowS() {
      return Math.max(...engines.map((engine) => engine.nowS));
    },
    get endS() {
      return Math.max(...engines.map((engine) => engine.endS));
    },
    get nextS() {
      return Math.min(...engines.map((engine) => engine.nextS));
    },
    get steps() {
      return sum((engine) => engine.steps);
    },
    get decisions() {
      return sum((engine) => engine.decisions);
    },
    get outstanding() {
      return sum((engine) => engine.outstanding);
    },
    get waitingCount() {
      return sum((engine) => engine.waitingCount);
    },
    get runningCount() {
      return sum((engine) => engine.runningCount);
    },
    get blocks() {
      return sum((engine) => engine.blocks);
    },
    get usedBlocks() {
      return sum((engine) => engine.usedBlocks);
    },
    get counters(): ServiceCounters {
      return engines.map((engine) => engine.counters).reduce(addCounters, NOTHING_COUNTED);
    },
    get adaptersInUse() {
      return sum((engine) => engine.adaptersInUse);
    },
    get adaptersWaiting() {
      return sum((engine) => engine.adaptersWaiting);
    },
    add(request, nowS) {
      const place = leastLoaded(
        engines,
        (engine) => engine.waitingCount,
        (engine) => engine.runningCount,
      );
      engines[place]!.add(request, nowS);
    },
    runUntil(limitS) {
      for (const engine of engines) engine.runUntil(limitS);
    },
    unparkAt(request, timeS) {
      for (const engine of engines) engine.unparkAt(request, timeS);
    },
    withdraw: (request) => engines.some((engine) => engine.withdraw(request)),
    evacuate: (nowS) => engines.flatMap((engine) => engine.evacuate(nowS)),
    adapterUse(adapter) {
      const uses = engines.map((engine) => engine.adapterUse(adapter));
      if (uses.includes("active")) return "active";
      return uses.includes("waiting") ? "waiting" : "none";
    },
    checkInvariants() {
      for (const engine of engines) engine.checkInvariants();
    },
  };
}
