import type { RandomStreams } from "../../../engine/streams.js";
import type { JobGroupSpec } from "./clusters-spec.js";
import { kindOf, type Entry, type FleetJob } from "./copy.js";

/** All jobs of the groups, in order of submission, group and number. Each group draws from streams of its own. */
export function drawJobs(
  groups: readonly JobGroupSpec[],
  streams: RandomStreams,
): readonly FleetJob[] {
  const jobs = groups.flatMap((group, groupIndex) => {
    if (group.submissions !== undefined)
      return group.submissions.map(({ number, submitS, workS }) =>
        jobOf(group, groupIndex, { name: `${kindOf(group)}-${number}`, submitS, workS }),
      );
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
      const name = group.count === 1 ? group.name : `${group.name}-${number + 1}`;
      return jobOf(group, groupIndex, { name, submitS: timeS, workS });
    });
  });
  // Stable: within an instant the order of the groups in the file.
  return jobs
    .sort((left, right) => left.submitS - right.submitS)
    .map((job, id) => ({ ...job, id }));
}

function jobOf(
  group: JobGroupSpec,
  groupIndex: number,
  about: Pick<FleetJob, "name" | "submitS" | "workS">,
): FleetJob {
  return {
    id: 0,
    ...about,
    group,
    groupIndex,
    entries: [],
    reason: undefined,
    endS: undefined,
    stops: 0,
    gpuSecondsLost: 0,
    cost: 0,
  };
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
