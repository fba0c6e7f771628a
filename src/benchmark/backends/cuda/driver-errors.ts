import { BackendError, type BackendFault } from "../../backend.js";

interface KnownError {
  readonly name: string;
  readonly fault: BackendFault;
  readonly words: string;
  readonly help?: string;
}

const DRIVER_HELP = "install the NVIDIA driver for this GPU, and check it with nvidia-smi";

/** Results of the driver API by number (cuda.h, enum cudaError_enum) that a person can do something about. */
const KNOWN: Readonly<Record<number, KnownError>> = {
  2: { name: "CUDA_ERROR_OUT_OF_MEMORY", fault: "out-of-memory", words: "no memory left" },
  3: { name: "CUDA_ERROR_NOT_INITIALIZED", fault: "unavailable", words: "CUDA is not initialised" },
  34: {
    name: "CUDA_ERROR_STUB_LIBRARY",
    fault: "unavailable",
    words: "the libcuda that was found is the toolkit's stand-in for linking, not the driver",
    help: DRIVER_HELP,
  },
  46: {
    name: "CUDA_ERROR_DEVICE_UNAVAILABLE",
    fault: "unavailable",
    words: "the GPU is busy or not available to this process",
    help: "its compute mode may allow one process only: nvidia-smi --query-gpu=compute_mode --format=csv",
  },
  100: {
    name: "CUDA_ERROR_NO_DEVICE",
    fault: "unavailable",
    words: "the driver sees no CUDA device",
    help: "nvidia-smi lists the GPUs; CUDA_VISIBLE_DEVICES may hide them",
  },
  101: {
    name: "CUDA_ERROR_INVALID_DEVICE",
    fault: "unavailable",
    words: "there is no such device",
  },
  201: { name: "CUDA_ERROR_INVALID_CONTEXT", fault: "device-lost", words: "the context is gone" },
  209: {
    name: "CUDA_ERROR_NO_BINARY_FOR_GPU",
    fault: "unsupported",
    words:
      "the kernels cannot be compiled for this GPU, which is older than compute capability 7.5",
  },
  214: {
    name: "CUDA_ERROR_ECC_UNCORRECTABLE",
    fault: "device-lost",
    words: "the GPU's memory has an error that ECC cannot correct",
    help: "nvidia-smi -q -d ECC; the GPU needs a reset",
  },
  218: {
    name: "CUDA_ERROR_INVALID_PTX",
    fault: "unsupported",
    words: "the driver refuses the PTX",
  },
  222: {
    name: "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
    fault: "unavailable",
    words: "the driver is too old for the PTX of the kernels",
    help: "a driver of CUDA 11.4 or newer is needed",
  },
  304: { name: "CUDA_ERROR_OPERATING_SYSTEM", fault: "unavailable", words: "the system refused" },
  700: {
    name: "CUDA_ERROR_ILLEGAL_ADDRESS",
    fault: "launch-failed",
    words: "a kernel touched memory that it does not own",
  },
  701: {
    name: "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES",
    fault: "launch-failed",
    words: "the kernel needs more registers or shared memory than the GPU has",
  },
  702: {
    name: "CUDA_ERROR_LAUNCH_TIMEOUT",
    fault: "launch-failed",
    words: "the kernel ran longer than the system allows",
    help: "a GPU that drives a display stops long kernels",
  },
  715: {
    name: "CUDA_ERROR_ILLEGAL_INSTRUCTION",
    fault: "launch-failed",
    words: "the GPU met an instruction it does not know",
  },
  719: { name: "CUDA_ERROR_LAUNCH_FAILED", fault: "launch-failed", words: "the kernel failed" },
  802: {
    name: "CUDA_ERROR_SYSTEM_NOT_READY",
    fault: "unavailable",
    words: "the system is not ready: GPUs joined by NVSwitch wait for their fabric manager",
    help: "systemctl status nvidia-fabricmanager",
  },
  803: {
    name: "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
    fault: "unavailable",
    words: "libcuda and the kernel's NVIDIA driver are of different versions",
    help: "in a container: the driver libraries of the host have to be mounted; else restart the machine",
  },
  804: {
    name: "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE",
    fault: "unavailable",
    words: "the compatibility package of CUDA does not work with this GPU",
  },
  999: { name: "CUDA_ERROR_UNKNOWN", fault: "unavailable", words: "the driver does not say why" },
};

/** The error of a failed call of the driver: what was tried, what came of it, and the number to look up. */
export function driverError(code: number, what: string): BackendError {
  const known = KNOWN[code];
  if (known === undefined) {
    // From 700 on, something went wrong on the device; before it, in the asking.
    return new BackendError(
      "launch-failed",
      `failed to ${what}: CUDA error ${code}`,
      "cuda.h has the meaning under cudaError_enum",
    );
  }
  return new BackendError(
    known.fault,
    `failed to ${what}: ${known.words} (${known.name}, ${code})`,
    known.help,
  );
}
