import { placeBundles } from "../../../../policy/ray/place-bundles.js";
import type { FleetTimer } from "../fleet-clock.js";
import type { RayGroupSpec, RayTasksSpec, RayWorkSpec } from "./ray-spec.js";
import { TrainWork } from "./ray-train.js";
import {
  fits,
  type OpenNode,
  type RayWork,
  type RayWorkOutcome,
  type RayWorkSetting,
} from "./ray-work-types.js";

/** Makes the work that a spec describes. */
export function createRayWork(spec: RayWorkSpec, setting: RayWorkSetting): RayWork {
  const outcome: RayWorkOutcome = {
    name: spec.name,
    kind: spec.work.kind,
    submitS: spec.submitS,
    startS: undefined,
    endS: undefined,
    restarts: 0,
    lostWorkerSeconds: 0,
    workerSeconds: 0,
  };
  switch (spec.work.kind) {
    case "tasks":
      return createTasks(spec.work, outcome, setting);
    case "group":
      return createGroup(spec.work, outcome, setting);
    case "train":
      return new TrainWork(spec.work, outcome, setting);
  }
}

function createTasks(
  spec: RayTasksSpec,
  outcome: RayWorkOutcome,
  setting: RayWorkSetting,
): RayWork {
  const { clock, stream } = setting;
  let pending = spec.count;
  let done = 0;
  const running = new Map<OpenNode, Set<{ readonly timer: FleetTimer; readonly sinceS: number }>>();
  const begin = (node: OpenNode): void => {
    const lengthS =
      spec.durations === "fixed" ? spec.durationS : stream.exponential(spec.durationS);
    pending--;
    outcome.startS ??= clock.nowS;
    setting.take(node, spec.resources);
    const task = {
      sinceS: clock.nowS,
      timer: clock.at(clock.nowS + lengthS, "release", () => {
        running.get(node)!.delete(task);
        setting.give(node, spec.resources);
        outcome.workerSeconds += clock.nowS - task.sinceS;
        done++;
        if (done === spec.count) outcome.endS = clock.nowS;
        setting.changed();
      }),
    };
    const here = running.get(node) ?? new Set();
    running.set(node, here.add(task));
  };
  return {
    outcome,
    demand: () => ({
      requests: Array.from(
        { length: Math.min(pending, setting.roomFor(spec.resources) + 1) },
        () => ({
          resources: spec.resources,
        }),
      ),
      gangs: [],
    }),
    assign() {
      for (const node of setting.open()) {
        while (pending > 0 && fits(node.free, spec.resources)) begin(node);
      }
    },
    lost(node) {
      for (const task of running.get(node) ?? []) {
        task.timer.cancel();
        pending++;
        outcome.restarts++;
        outcome.lostWorkerSeconds += clock.nowS - task.sinceS;
      }
      running.delete(node);
    },
  };
}

/** The whole group waits again when one of its nodes goes; the time it was used so far counts. */
function createGroup(
  spec: RayGroupSpec,
  outcome: RayWorkOutcome,
  setting: RayWorkSetting,
): RayWork {
  const { clock } = setting;
  let leftS = spec.durationS;
  let placed: readonly OpenNode[] | undefined;
  let sinceS = 0;
  let timer: FleetTimer | undefined;
  const release = (except?: OpenNode): void => {
    placed!.forEach((node, bundle) => {
      if (node !== except) setting.give(node, spec.bundles[bundle]!);
    });
    placed = undefined;
  };
  const strategies = { STRICT_PACK: "same-node", STRICT_SPREAD: "different-nodes" } as const;
  return {
    outcome,
    demand() {
      if (placed !== undefined || outcome.endS !== undefined) return { requests: [], gangs: [] };
      const strategy =
        spec.strategy === "PACK" || spec.strategy === "SPREAD"
          ? undefined
          : strategies[spec.strategy];
      const bundles = spec.bundles.map((resources) => ({ resources }));
      return {
        requests: [],
        gangs: [{ bundles, ...(strategy === undefined ? {} : { strategy }) }],
      };
    },
    assign() {
      if (placed !== undefined || outcome.endS !== undefined) return;
      const open = setting.open();
      const nodes = placeBundles(
        open.map(({ free }) => free),
        spec.bundles,
        spec.strategy,
      );
      if (nodes === undefined) return;
      placed = nodes.map((node) => open[node]!);
      placed.forEach((node, bundle) => {
        setting.take(node, spec.bundles[bundle]!);
      });
      outcome.startS ??= clock.nowS;
      sinceS = clock.nowS;
      timer = clock.at(clock.nowS + leftS, "release", () => {
        release();
        outcome.workerSeconds += (clock.nowS - sinceS) * spec.bundles.length;
        outcome.endS = clock.nowS;
        setting.changed();
      });
    },
    lost(node) {
      if (placed?.includes(node) !== true) return;
      timer?.cancel();
      leftS -= clock.nowS - sinceS;
      outcome.workerSeconds += (clock.nowS - sinceS) * spec.bundles.length;
      outcome.restarts++;
      release(node);
    },
  };
}
