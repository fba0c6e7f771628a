import type { PreparedKernel, Timing } from "../../backend.js";
import { decodeDtype, dtypeFacts } from "../../kernels/dtype.js";
import type { Dtype, HostTensor, KernelSpecOf } from "../../kernels/kernel-spec.js";
import { openContext, type DeviceContext, type DeviceMemory } from "./device-context.js";
import { readBytes, tensorBytes, uploadTensor } from "./device-tensors.js";
import type { CudaDriver } from "./driver.js";
import { checkNccl, type Nccl } from "./nccl.js";
import { createEvent, elapsedS } from "./timed-launches.js";

/** ncclDataType_t and ncclSum. */
const DATA_TYPES: Readonly<Partial<Record<Dtype, number>>> = { fp16: 6, fp32: 7, bf16: 9 };
const SUM = 0;

interface Rank {
  readonly context: DeviceContext;
  readonly input: DeviceMemory;
  readonly output: DeviceMemory;
}

/** The sum of one array per GPU, on every GPU, by NCCL in one process. Timed on the first GPU, which ends with the last. */
export function prepareAllReduce(
  driver: CudaDriver,
  handles: readonly number[],
  nccl: Nccl,
  spec: KernelSpecOf<"all-reduce">,
  inputs: readonly HostTensor[],
): PreparedKernel {
  const { elements, gpus } = spec.shape;
  const bytes = elements * dtypeFacts(spec.dtype).bytes;
  const type = DATA_TYPES[spec.dtype];
  if (type === undefined) throw new Error(`cuda: no all-reduce in ${spec.dtype}`);
  const owned: (() => void)[] = [];
  const dispose = (): void => {
    for (const free of owned.splice(0).reverse()) free();
  };
  try {
    const ranks = handles.slice(0, gpus).map((handle, index): Rank => {
      const context = openContext(driver, handle, false);
      owned.push(() => context.dispose());
      const input = context.allocate(bytes);
      const output = context.allocate(bytes);
      uploadTensor(context, input, tensorBytes(inputs[index]!));
      return { context, input, output };
    });
    const communicators = new BigUint64Array(gpus);
    const numbers = new Int32Array(handles.slice(0, gpus));
    checkNccl(nccl.functions.ncclCommInitAll(communicators, gpus, numbers), "join the GPUs");
    owned.push(() => {
      for (const communicator of communicators) nccl.functions.ncclCommDestroy(communicator);
    });
    const once = (): void => {
      const { functions } = nccl;
      checkNccl(functions.ncclGroupStart(), "begin an all-reduce");
      ranks.forEach(({ context, input, output }, rank) => {
        checkNccl(
          functions.ncclAllReduce(
            ...[input.address, output.address, elements, type, SUM],
            ...[communicators[rank]!, context.stream],
          ),
          "all-reduce",
        );
      });
      checkNccl(functions.ncclGroupEnd(), "start an all-reduce");
    };
    const run = timedRun(ranks, once, owned);
    return {
      implementation: `ncclAllReduce ${nccl.version}, one process`,
      run: (launches) => Promise.resolve().then(() => run(launches)),
      read: () =>
        Promise.resolve().then(() => ({
          shape: [gpus, elements],
          dtype: spec.dtype,
          values: joined(ranks, bytes, elements, spec.dtype),
        })),
      dispose: () => Promise.resolve().then(dispose),
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

function timedRun(
  ranks: readonly Rank[],
  once: () => void,
  owned: (() => void)[],
): (launches: number) => Timing {
  const { context } = ranks[0]!;
  const { functions, check } = context.driver;
  context.use();
  const [start, end] = [createEvent(context), createEvent(context)];
  owned.push(start.dispose, end.dispose);
  return (launches) => {
    context.use();
    const startMs = performance.now();
    check(functions.cuEventRecord(start.handle, context.stream), "record the start");
    for (let launch = 0; launch < launches; launch++) once();
    context.use();
    check(functions.cuEventRecord(end.handle, context.stream), "record the end");
    for (const rank of ranks) {
      rank.context.use();
      rank.context.synchronize("all-reduce");
    }
    const hostS = (performance.now() - startMs) / 1000;
    context.use();
    return { hostS, deviceS: elapsedS(context, start.handle, end.handle) };
  };
}

function joined(
  ranks: readonly Rank[],
  bytes: number,
  elements: number,
  dtype: Dtype,
): Float32Array {
  const values = new Float32Array(elements * ranks.length);
  ranks.forEach(({ context, output }, rank) => {
    context.use();
    values.set(decodeDtype(readBytes(context, output, bytes), dtype, elements), rank * elements);
  });
  return values;
}
