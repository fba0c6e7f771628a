import type { ClusterControl } from "../batch/cluster-process.js";
import type { MaintenanceWindow } from "./fault-spec.js";
import type { NodeStates } from "./node-states.js";

/** Moments of one batch of one window. */
const STEPS = ["drain", "down", "back"] as const;

/** Planned work of a run: schedules its moments and acts in them. */
export interface Maintenance {
  /** Moments have codes from 0; the caller adds its own offset. */
  readonly codes: number;
  start(): void;
  happens(code: number): void;
}

/**
 * Drains, stops and returns batches of nodes.
 *
 * @param options.schedule schedules a moment of this maintenance by its code
 * @param options.stopJobs stops what is still on a node that goes down
 */
export function createMaintenance(options: {
  readonly windows: readonly MaintenanceWindow[];
  readonly control: ClusterControl;
  readonly states: NodeStates;
  schedule(timeS: number, code: number): void;
  stopJobs(node: number, window: MaintenanceWindow): void;
}): Maintenance {
  const { windows, control, states, schedule, stopJobs } = options;
  const batches = windows.flatMap((window) =>
    window.batches.map((nodes, index) => ({
      window,
      nodes,
      downS: window.firstS + index * window.durationS,
    })),
  );
  const codeOf = (batch: number, step: number): number => batch * STEPS.length + step;
  return {
    codes: batches.length * STEPS.length,
    start() {
      batches.forEach(({ downS, window }, batch) => {
        schedule(Math.max(control.nowS, downS - window.drainS), codeOf(batch, 0));
      });
    },
    happens(code) {
      const batch = Math.floor(code / STEPS.length);
      const { window, nodes } = batches[batch]!;
      const step = STEPS[code % STEPS.length]!;
      if (step === "drain") {
        for (const node of nodes) states.drain(node, 1);
        const downS = batches[batch]!.downS;
        schedule(Math.max(control.nowS, downS), codeOf(batch, 1));
      } else if (step === "down") {
        for (const node of nodes) stopJobs(node, window);
        schedule(control.nowS + window.durationS, codeOf(batch, 2));
      } else {
        for (const node of nodes) states.drain(node, -1);
        if (window.everyS === undefined) return;
        batches[batch]!.downS += window.everyS;
        schedule(Math.max(control.nowS, batches[batch]!.downS - window.drainS), codeOf(batch, 0));
      }
    },
  };
}
