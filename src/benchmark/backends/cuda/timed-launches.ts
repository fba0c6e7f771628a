import type { Timing } from "../../backend.js";
import type { DeviceContext } from "./device-context.js";

/** Runs work many times on a stream and tells how long it took, by the device's clock and the host's. */
export interface TimedLaunches {
  /** @throws BackendError when the device refuses or a kernel goes wrong */
  run(launches: number): Timing;
  /** True when launches are replayed as one graph. */
  readonly isGraph: boolean;
  dispose(): void;
}

/** Launches that one graph holds at most. */
const GRAPH_LAUNCHES_MAX = 512;

/** Graphs kept: one for whole parts of a sample, one for its rest, and those of the sample before. */
const GRAPHS_MAX = 4;

/** Capture that other threads' calls do not disturb (CU_STREAM_CAPTURE_MODE_THREAD_LOCAL). */
const CAPTURE_THREAD_LOCAL = 1;

/**
 * Prepares work for timing. It is captured into graphs where the driver can: a graph's launches follow each other on
 * the device without waiting for this process, so that short kernels show their own time and not that of asking.
 *
 * @param submit puts the work of one launch onto the stream, without waiting
 * @param useGraphs false for work of which the asking is part
 */
export function createTimedLaunches(
  context: DeviceContext,
  submit: () => void,
  useGraphs: boolean,
): TimedLaunches {
  const { functions, check } = context.driver;
  const events = [createEvent(context), createEvent(context)] as const;
  const graphs = new Map<number, Graph>();
  let isGraph = useGraphs;
  const graphOf = (launches: number): Graph | undefined => {
    const known = graphs.get(launches);
    if (known !== undefined || !isGraph) return known;
    const made = captureGraph(context, submit, launches);
    if (made === undefined) {
      isGraph = false;
      return undefined;
    }
    for (const [count, graph] of graphs) {
      if (graphs.size < GRAPHS_MAX) break;
      graph.dispose();
      graphs.delete(count);
    }
    graphs.set(launches, made);
    return made;
  };
  const submitMany = (launches: number, graph: Graph | undefined): void => {
    if (graph !== undefined) graph.launch();
    else for (let launch = 0; launch < launches; launch++) submit();
  };
  return {
    get isGraph() {
      return isGraph;
    },
    run(launches) {
      context.use();
      const wholes = Math.floor(launches / GRAPH_LAUNCHES_MAX);
      const rest = launches % GRAPH_LAUNCHES_MAX;
      const whole = wholes > 0 ? graphOf(GRAPH_LAUNCHES_MAX) : undefined;
      const last = rest > 1 ? graphOf(rest) : undefined;
      const startMs = performance.now();
      check(functions.cuEventRecord(events[0].handle, context.stream), "record the start");
      for (let part = 0; part < wholes; part++) submitMany(GRAPH_LAUNCHES_MAX, whole);
      submitMany(rest, last);
      check(functions.cuEventRecord(events[1].handle, context.stream), "run the kernel");
      context.synchronize("run the kernel");
      const hostS = (performance.now() - startMs) / 1000;
      return { hostS, deviceS: elapsedS(context, events[0].handle, events[1].handle) };
    },
    dispose() {
      for (const graph of graphs.values()) graph.dispose();
      graphs.clear();
      for (const event of events) event.dispose();
    },
  };
}

interface Graph {
  launch(): void;
  dispose(): void;
}

/** Undefined where the driver, or a library that is called, cannot capture. */
function captureGraph(
  context: DeviceContext,
  submit: () => void,
  launches: number,
): Graph | undefined {
  const { functions, check } = context.driver;
  if (functions.cuStreamBeginCapture_v2(context.stream, CAPTURE_THREAD_LOCAL) !== 0)
    return undefined;
  let failure: unknown;
  try {
    for (let launch = 0; launch < launches; launch++) submit();
  } catch (error) {
    failure = error;
  }
  const graph = new BigUint64Array(1);
  const code = functions.cuStreamEndCapture(context.stream, graph);
  if (code !== 0 || failure !== undefined) {
    if (code === 0) functions.cuGraphDestroy(graph[0]!);
    return undefined;
  }
  const executable = new BigUint64Array(1);
  const made = functions.cuGraphInstantiateWithFlags(executable, graph[0]!, 0);
  functions.cuGraphDestroy(graph[0]!);
  if (made !== 0) return undefined;
  return {
    launch: () => check(functions.cuGraphLaunch(executable[0]!, context.stream), "launch kernels"),
    dispose: () => void functions.cuGraphExecDestroy(executable[0]!),
  };
}

/** A point in time on a stream. */
export function createEvent(context: DeviceContext): { readonly handle: bigint; dispose(): void } {
  const { functions, check } = context.driver;
  const event = new BigUint64Array(1);
  check(functions.cuEventCreate(event, 0), "make an event");
  return { handle: event[0]!, dispose: () => void functions.cuEventDestroy_v2(event[0]!) };
}

/** Time between two events that have happened. Seconds. */
export function elapsedS(context: DeviceContext, start: bigint, end: bigint): number {
  const { functions, check } = context.driver;
  const milliseconds = new Float32Array(1);
  check(functions.cuEventElapsedTime(milliseconds, start, end), "read the device's clock");
  return milliseconds[0]! / 1000;
}
