import { BackendError } from "../../backend.js";
import { textOf } from "./native-library.js";
import type { CudaDriver } from "./driver.js";

/** An open GPU: its context, one stream, and everything that has to be given back. */
export interface DeviceContext {
  readonly driver: CudaDriver;
  /** The driver's handle of the device. */
  readonly device: number;
  readonly stream: bigint;
  /** Makes the context the thread's current one: other libraries may have changed it. */
  use(): void;
  /** Device memory, filled with zeros, in whole lines of 256 bytes. @throws BackendError `out-of-memory` */
  allocate(bytes: number): DeviceMemory;
  /** Host memory that the device can read by itself. @throws BackendError `out-of-memory` */
  allocatePinned(bytes: number): PinnedMemory;
  /** Compiles PTX. @throws BackendError with the compiler's words */
  loadModule(ptx: string): KernelModule;
  /** Waits for all work of the stream. @throws BackendError `launch-failed` when a kernel went wrong */
  synchronize(what: string): void;
  /** Gives everything back. Never throws; harmless when called again. */
  dispose(): void;
}

/** Memory of a device. */
export interface DeviceMemory {
  readonly address: bigint;
  /** As asked for. */
  readonly bytes: number;
  free(): void;
}

/** Page-locked memory of the host. */
export interface PinnedMemory {
  readonly address: bigint;
  readonly view: Uint8Array;
  free(): void;
}

/** Compiled kernels. */
export interface KernelModule {
  /** Handle of one of its kernels. */
  kernel(name: string): bigint;
  free(): void;
}

/** Lines of device memory. */
const LINE_BYTES = 256;

/** Streams that do not wait for others (CU_STREAM_NON_BLOCKING). */
const STREAM_NON_BLOCKING = 1;

/** Options of the compiler: where its words go (cuda.h, CUjit_option). */
const ERROR_LOG = 5;
const ERROR_LOG_BYTES = 6;
const LOG_BYTES = 4096;

/**
 * Opens a device.
 *
 * @param isOwn makes a context of its own, as another process would have it: tenants that share a process would
 *   otherwise share the device's primary context, and the GPU would not switch between them
 * @throws BackendError `unavailable` or `out-of-memory`
 */
export function openContext(driver: CudaDriver, device: number, isOwn: boolean): DeviceContext {
  return new Context(driver, device, isOwn);
}

class Context implements DeviceContext {
  readonly stream: bigint;
  private readonly handle: bigint;
  private readonly open = new Set<() => void>();
  private isOpen = true;

  constructor(
    readonly driver: CudaDriver,
    readonly device: number,
    private readonly isOwn: boolean,
  ) {
    const { functions, check } = driver;
    const handle = new BigUint64Array(1);
    const what = "open the GPU";
    if (isOwn) check(functions.cuCtxCreate_v2(handle, 0, device), what);
    else check(functions.cuDevicePrimaryCtxRetain(handle, device), what);
    this.handle = handle[0]!;
    const stream = new BigUint64Array(1);
    try {
      this.use();
      check(functions.cuStreamCreate(stream, STREAM_NON_BLOCKING), "make a stream");
    } catch (error) {
      this.close();
      throw error;
    }
    this.stream = stream[0]!;
  }

  use(): void {
    const { functions, check } = this.driver;
    check(functions.cuCtxSetCurrent(this.handle), "use the GPU");
  }

  allocate(bytes: number): DeviceMemory {
    const { functions, check } = this.driver;
    const size = Math.max(LINE_BYTES, Math.ceil(bytes / LINE_BYTES) * LINE_BYTES);
    const address = new BigUint64Array(1);
    check(functions.cuMemAlloc_v2(address, size), `get ${bytes} bytes of the GPU's memory`);
    const memory = this.owned(() => functions.cuMemFree_v2(address[0]!));
    try {
      check(functions.cuMemsetD8_v2(address[0]!, 0, size), "clear the GPU's memory");
      // Kernels run on a stream that does not wait for the one this was done on.
      check(functions.cuCtxSynchronize(), "clear the GPU's memory");
    } catch (error) {
      memory();
      throw error;
    }
    return { address: address[0]!, bytes, free: memory };
  }

  allocatePinned(bytes: number): PinnedMemory {
    const { functions, check, koffi } = this.driver;
    const address = new BigUint64Array(1);
    const size = Math.max(1, bytes);
    check(
      functions.cuMemHostAlloc(address, size, 0),
      `get ${bytes} bytes of page-locked host memory`,
    );
    const free = this.owned(() => functions.cuMemFreeHost(address[0]!));
    return {
      address: address[0]!,
      view: new Uint8Array(koffi.view(address[0]!, size)).subarray(0, bytes),
      free,
    };
  }

  loadModule(ptx: string): KernelModule {
    const { functions, koffi, check } = this.driver;
    const text = new TextEncoder().encode(`${ptx}\0`);
    // The compiler writes while it works: memory that does not move.
    const log = koffi.alloc("char", LOG_BYTES) as bigint;
    const words = new Uint8Array(koffi.view(log, LOG_BYTES));
    words.fill(0);
    const module = new BigUint64Array(1);
    const options = new Int32Array([ERROR_LOG, ERROR_LOG_BYTES]);
    const values = new BigUint64Array([log, BigInt(LOG_BYTES)]);
    const code = functions.cuModuleLoadDataEx(module, text, options.length, options, values);
    const said = textOf(words.slice());
    koffi.free(log);
    try {
      check(code, "compile the kernels");
    } catch (error) {
      if (!(error instanceof BackendError) || said === "") throw error;
      throw new BackendError(error.fault, `${error.message}: ${said.split("\n")[0]!}`, error.help);
    }
    const free = this.owned(() => functions.cuModuleUnload(module[0]!));
    return {
      kernel(name) {
        const kernel = new BigUint64Array(1);
        check(functions.cuModuleGetFunction(kernel, module[0]!, name), `find the kernel ${name}`);
        return kernel[0]!;
      },
      free,
    };
  }

  synchronize(what: string): void {
    const { functions, check } = this.driver;
    check(functions.cuStreamSynchronize(this.stream), what);
  }

  dispose(): void {
    if (!this.isOpen) return;
    this.driver.functions.cuCtxSetCurrent(this.handle);
    // What was made last goes first. Errors are left alone: after a failed kernel every call fails.
    for (const free of [...this.open].reverse()) free();
    this.driver.functions.cuStreamDestroy_v2(this.stream);
    this.close();
  }

  private close(): void {
    this.isOpen = false;
    const { functions } = this.driver;
    if (this.isOwn) functions.cuCtxDestroy_v2(this.handle);
    else {
      functions.cuCtxSetCurrent(0n);
      functions.cuDevicePrimaryCtxRelease_v2(this.device);
    }
  }

  /** Remembers how to give something back; the result does it, once. */
  private owned(release: () => void): () => void {
    const free = (): void => {
      if (this.open.delete(free)) release();
    };
    this.open.add(free);
    return free;
  }
}
