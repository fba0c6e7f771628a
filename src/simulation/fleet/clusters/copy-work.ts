import type { DataStore } from "./data/data-store.js";
import { gpusOf, kindOf, type Copy, type CopyRun } from "./copy.js";
import type { FleetClock } from "./fleet-clock.js";
import type { MemberCluster } from "./member-cluster.js";

/** What copies need to work. */
export interface WorkSetting {
  readonly clock: FleetClock;
  readonly data: DataStore;
  readonly members: readonly MemberCluster[];
  /** The work of a copy is done, its GPUs are free, and what it wrote has arrived. */
  finished(copy: Copy): void;
}

/** Fetches what a copy reads, in front of the queue or once it holds GPUs. */
export function fetchInputs(setting: WorkSetting, copy: Copy, ready: () => void): void {
  const { inputs } = copy.entry.job.group;
  let missing = inputs.length;
  if (missing === 0) {
    ready();
    return;
  }
  for (const dataset of inputs) {
    setting.data.fetch(dataset, copy.member, () => {
      if (copy.state === "gone") {
        setting.data.letGo(dataset, copy.member);
        return;
      }
      copy.holdsInputs.push(dataset);
      missing--;
      if (missing === 0) ready();
    });
  }
}

/** What a copy that goes away kept in the cluster's storage may be dropped. */
export function letInputsGo(setting: WorkSetting, copy: Copy): void {
  for (const dataset of copy.holdsInputs) setting.data.letGo(dataset, copy.member);
  copy.holdsInputs.length = 0;
}

/** Begins the run of a copy that has been admitted: its data first, where that is not there yet. */
export function beginRun(setting: WorkSetting, copy: Copy): void {
  const { entry } = copy;
  const pool = setting.members[copy.member]!.pools[copy.place!.pool]!;
  const run: CopyRun = {
    workFromS: undefined,
    doneAtStartS: 0,
    speed: pool.spec.speed,
    endTimer: undefined,
    checkpointTimer: undefined,
    pausedS: undefined,
    atCheckpoint: undefined,
  };
  copy.run = run;
  const work = (): void => {
    // It was stopped while its data was on the way.
    if (copy.run === run) beginWork(setting, copy, run);
  };
  const { inputs } = entry.job.group;
  if (copy.holdsInputs.length === inputs.length) work();
  else fetchInputs(setting, copy, work);
}

/**
 * Stops the run of a copy.
 *
 * @returns GPU-seconds of work that have to be done again
 */
export function endRun(setting: WorkSetting, copy: Copy): number {
  const { run, entry } = copy;
  if (run === undefined) return 0;
  copy.run = undefined;
  run.endTimer?.cancel();
  run.checkpointTimer?.cancel();
  if (run.workFromS === undefined) return 0;
  const { group } = entry.job;
  const doneS = doneWorkS(setting.clock.nowS, run);
  const keptS = entry.safeAt === undefined || entry.safeAt === copy.member ? entry.safeWorkS : 0;
  return (Math.max(0, doneS - keptS) / run.speed) * gpusOf(group);
}

/**
 * Stops the work of a run for a last checkpoint, which lies at its cluster when it has been written.
 *
 * @param written called when it has, unless the run was stopped before
 */
export function saveRun(
  { clock }: WorkSetting,
  copy: Copy,
  { saveS, written }: { readonly saveS: number; readonly written: () => void },
): void {
  const run = copy.run!;
  run.endTimer?.cancel();
  run.checkpointTimer?.cancel();
  run.pausedS = clock.nowS;
  clock.at(clock.nowS + saveS, "release", () => {
    if (copy.run !== run) return;
    copy.entry.safeWorkS = doneWorkS(clock.nowS, run);
    copy.entry.safeAt = copy.member;
    written();
  });
}

function beginWork(setting: WorkSetting, copy: Copy, run: CopyRun): void {
  const { clock } = setting;
  const { entry } = copy;
  const { group, workS } = entry.job;
  const isReachable = entry.safeAt === undefined || entry.safeAt === copy.member;
  run.doneAtStartS = isReachable ? entry.safeWorkS : 0;
  run.workFromS = clock.nowS + (entry.hasRun ? group.restartS : 0);
  entry.hasRun = true;
  entry.startS ??= clock.nowS;
  run.endTimer = clock.at(run.workFromS + (workS - run.doneAtStartS) / run.speed, "release", () => {
    endWork(setting, copy);
  });
  scheduleCheckpoint(setting, copy, run);
}

/** Checkpoints are written beside the work; one counts when it has arrived where it is kept. */
function scheduleCheckpoint(setting: WorkSetting, copy: Copy, run: CopyRun): void {
  const { checkpoint, inputs } = copy.entry.job.group;
  if (checkpoint === undefined) return;
  const { clock, data } = setting;
  const fromS = Math.max(clock.nowS, run.workFromS!);
  run.checkpointTimer = clock.at(fromS + checkpoint.intervalS, "release", () => {
    const { entry } = copy;
    const doneS = doneWorkS(clock.nowS, run);
    const route = { from: copy.member, to: checkpoint.to ?? copy.member };
    data.send(
      `checkpoints of ${kindOf(copy.entry.job.group)}`,
      checkpoint.bytes,
      inputs,
      route,
      () => {
        // A later checkpoint, or another run of the same work, may have got further meanwhile.
        if (entry.isDone || (entry.winner !== undefined && entry.winner !== copy)) return;
        const safeAt = checkpoint.to === undefined ? copy.member : undefined;
        const isKnown = entry.safeAt === safeAt || entry.safeAt === copy.member;
        if (isKnown && entry.safeWorkS >= doneS) return;
        entry.safeWorkS = doneS;
        entry.safeAt = safeAt;
        if (copy.run === run) run.atCheckpoint?.();
      },
    );
    scheduleCheckpoint(setting, copy, run);
  });
}

function endWork(setting: WorkSetting, copy: Copy): void {
  const { group } = copy.entry.job;
  copy.run!.checkpointTimer?.cancel();
  copy.run = undefined;
  const member = setting.members[copy.member]!;
  member.remove(copy);
  copy.state = "sending";
  member.counts.finished++;
  letInputsGo(setting, copy);
  const arrived = (): void => {
    if (copy.state !== "sending") return; // somebody else's results are used
    copy.state = "finished";
    copy.finishedS = setting.clock.nowS;
    setting.finished(copy);
  };
  const { output } = group;
  if (output === undefined) arrived();
  else {
    const route = { from: copy.member, to: output.to };
    setting.data.send(`results of ${kindOf(group)}`, output.bytes, group.inputs, route, arrived);
  }
}

function doneWorkS(nowS: number, run: CopyRun): number {
  const untilS = run.pausedS ?? nowS;
  return run.doneAtStartS + Math.max(0, untilS - run.workFromS!) * run.speed;
}
