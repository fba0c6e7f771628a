import type { RandomStreams } from "../../../engine/streams.js";
import type { JobGroupSpec } from "./clusters-spec.js";
import type { Entry, FleetJob } from "./copy.js";

/** All jobs of the groups, in order of submission, group and number. Each group draws from streams of its own. */
export function drawJobs(
  groups: readonly JobGroupSpec[],
  streams: RandomStreams,
): readonly FleetJob[] {
  const jobs = groups.flatMap((group, groupIndex) => {
    const arrivals = streams.stream(`fleet arrivals/${group.name}`);
    const durations = streams.stream(`fleet durations/${group.name}`);
    let timeS = group.firstS;
    return Array.from({ length: group.count }, (_, number) => {
      if (group.betweenS > 0) {
        if (group.arrivals === "poisson") timeS += arrivals.exponential(group.betweenS);
        else if (number > 0) timeS += group.betweenS;
      }
      const workS =
        group.durations === "fixed" ? group.durationS : durations.exponential(group.durationS);
      return {
        id: 0,
        name: group.count === 1 ? group.name : `${group.name}-${number + 1}`,
        group,
        groupIndex,
        submitS: timeS,
        workS,
        entries: [],
        reason: undefined,
        endS: undefined,
        stops: 0,
        gpuSecondsLost: 0,
        cost: 0,
      };
    });
  });
  // Stable: within an instant the order of the groups in the file.
  return jobs
    .sort((left, right) => left.submitS - right.submitS)
    .map((job, id) => ({ ...job, id }));
}

/** Work that nobody has been offered yet. */
export function createEntry(id: number, job: FleetJob): Entry {
  return {
    id,
    job,
    copies: [],
    winner: undefined,
    isDone: false,
    safeWorkS: 0,
    safeAt: undefined,
    hasRun: false,
    startS: undefined,
    lostTimer: undefined,
    roundTimer: undefined,
    nominated: [],
    waitingFor: [],
    roundS: 0,
    endS: undefined,
    lastGateS: undefined,
    gateTimer: undefined,
  };
}
