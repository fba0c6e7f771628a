import { createRandomStreams } from "../dist/engine/streams.js";

/** Gangs placed for one sample. */
const GANGS = 400;
/** Share of the capacity that is taken while gangs are placed. */
const LOAD = 0.7;
const TRIES_MAX = 200_000;

/** A cluster at 70 % load; every decision releases an old gang at random and asks for a new one. */
export function loadedCluster({ gang, demands, state, gpus, streamName }) {
  const stream = createRandomStreams(1).stream(streamName);
  const live = [];
  const target = LOAD * gpus * 1000;
  for (let tries = 0; state.gpuMilliUsed < target && tries < TRIES_MAX; tries += 1) {
    const handle = gang.tryPlace(stream.integerBelow(demands.count));
    if (handle >= 0) live.push(handle);
  }
  const work = { gang, demands, live, stream, state, target };
  decideGangs(work);
  return work;
}

/** Milliseconds of the median decision that placed a gang; refusals are cheaper and not counted. */
export function decideGangs({ gang, demands, live, stream, state, target }) {
  const times = [];
  for (let tries = 0; times.length < GANGS && tries < 20 * GANGS; tries += 1) {
    while (state.gpuMilliUsed > target) {
      const index = stream.integerBelow(live.length);
      gang.release(live[index]);
      live[index] = live[live.length - 1];
      live.pop();
    }
    const demand = stream.integerBelow(demands.count);
    const start = process.hrtime.bigint();
    const handle = gang.tryPlace(demand);
    const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
    if (handle < 0) continue;
    times.push(milliseconds);
    live.push(handle);
  }
  times.sort((left, right) => left - right);
  return times[times.length >> 1];
}
