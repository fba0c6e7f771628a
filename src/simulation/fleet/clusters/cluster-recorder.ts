import type { FleetSeries } from "../fleet-part.js";
import type { FleetClock } from "./fleet-clock.js";
import type { MemberCluster } from "./member-cluster.js";

/** More lines than this nobody can tell apart: larger fleets show their sum. */
const LINES_MAX = 6;

/** Watches clusters over time. */
export interface ClusterRecorder {
  start(): void;
  series(): readonly FleetSeries[];
}

interface Track {
  readonly used: number[];
  readonly waiting: number[];
  lastGpuSeconds: number;
}

/** GPUs in use, averaged over each step, and jobs that wait at its end. */
export function createClusterRecorder(
  members: readonly MemberCluster[],
  clock: FleetClock,
  stepS: number,
): ClusterRecorder {
  const times: number[] = [];
  const tracks = members.map((): Track => ({ used: [], waiting: [], lastGpuSeconds: 0 }));
  const sample = (): void => {
    times.push(clock.nowS - stepS);
    members.forEach((member, index) => {
      const track = tracks[index]!;
      const gpuSeconds = member.pools.reduce(
        (sum, pool) => sum + pool.totals(clock.nowS).gpuSecondsHeld,
        0,
      );
      track.used.push((gpuSeconds - track.lastGpuSeconds) / stepS);
      track.waiting.push(member.queue.length);
      track.lastGpuSeconds = gpuSeconds;
    });
    next();
  };
  const next = (): void => {
    clock.at(clock.nowS + stepS, "sample", sample);
  };
  const line = (
    id: string,
    label: string,
    unit: string,
    pick: (track: Track) => readonly number[],
    of: readonly Track[],
  ): FleetSeries => ({
    id,
    label,
    unit,
    timeS: Float64Array.from(times),
    values: Float64Array.from(times, (_, step) =>
      of.reduce((sum, track) => sum + pick(track)[step]!, 0),
    ),
  });
  return {
    start: next,
    series() {
      const all = members.map((member, index) => ({
        name: member.spec.name,
        tracks: [tracks[index]!],
      }));
      const lines = all.length <= LINES_MAX ? all : [{ name: "all clusters", tracks }];
      return lines.flatMap(({ name, tracks: of }) => {
        const id = name.replace(/[^A-Za-z0-9]+/g, "-");
        return [
          line(`gpus-${id}`, name, "GPUs", ({ used }) => used, of),
          line(`waiting-${id}`, name, "jobs", ({ waiting }) => waiting, of),
        ];
      });
    },
  };
}
