/**
 * How a time-sliced GPU divides its time.
 *
 * Formula: max-min fair sharing. Every process gets an equal part of the time; what a process does not want
 * goes to the others in equal parts. With k processes that all want the whole GPU each gets 1/k, and a
 * process gets no more for holding two replicas, because time goes by process.
 * Source: k8s-device-plugin README (commit 1b826ac): replicas of a time-sliced GPU get "equal share of time
 * between all processes", and asking for two buys no more compute. That unused time is given on follows from
 * the GPU switching only between processes with work; nobody published its loss, which counts as none.
 * Validity: any number of processes; switching between contexts costs nothing here, so many short kernels are
 * judged too well.
 *
 * @param demands share of the whole GPU's compute each process could use, in (0, 1]
 * @returns share of the GPU each gets, in the same order; sums to at most 1
 */
export function fairGpuTime(demands: readonly number[]): readonly number[] {
  const order = demands.map((_, index) => index).sort((a, b) => demands[a]! - demands[b]! || a - b);
  const got = demands.map(() => 0);
  let left = 1;
  order.forEach((process, rank) => {
    const fair = left / (order.length - rank);
    const share = Math.min(demands[process]!, fair);
    got[process] = share;
    left -= share;
  });
  return got;
}
