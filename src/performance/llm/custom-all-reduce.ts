import { interpolateSizes } from "./interpolate-sizes.js";

/** Where the times were published. */
export const CUSTOM_ALL_REDUCE_SOURCE =
  "ai-dynamo/aiconfigurator@095f58a custom_allreduce_perf (Apache-2.0): vLLM's own all-reduce in a CUDA graph, bf16";

/** One machine on which vLLM's own all-reduce was timed. */
interface TimedSystem {
  readonly gpuModels: readonly string[];
  readonly joinedBy: "nvswitch" | "pcie";
  readonly engine: string;
  /** Microseconds by number of GPUs, at 2 KiB, doubling up to 64 MiB. */
  readonly microseconds: Readonly<Record<number, readonly number[]>>;
}

const BYTES: readonly number[] = Array.from({ length: 16 }, (_, at) => 2048 << at);

const SYSTEMS: readonly TimedSystem[] = [
  {
    gpuModels: ["A100 SXM4-80GB", "A100 SXM4-40GB"],
    joinedBy: "nvswitch",
    engine: "vLLM 0.14.0",
    microseconds: {
      2: [
        5.017, 5.286, 5.337, 5.222, 5.502, 5.743, 6.569, 7.986, 10.7, 15.18, 25.24, 89.68, 126.3,
        222.2, 388.5, 746.1,
      ],
      4: [
        5.332, 5.526, 6.002, 5.998, 6.567, 7.783, 9.913, 14.55, 18.34, 26.05, 41.48, 118, 182.5,
        288.1, 540, 996.3,
      ],
      8: [
        14.85, 6.323, 6.537, 6.905, 8.433, 11.35, 17.13, 18.86, 21.71, 27.93, 45.37, 129, 214.2,
        364.3, 594.2, 1161,
      ],
    },
  },
  {
    gpuModels: ["H100 SXM5-80GB"],
    joinedBy: "nvswitch",
    engine: "vLLM 0.24.0",
    microseconds: {
      2: [
        4.3, 4.376, 4.493, 4.436, 4.515, 4.751, 5.18, 6.315, 8.34, 12.38, 20.24, 44.96, 81.42,
        156.3, 306.7, 468.8,
      ],
      4: [
        4.703, 4.81, 4.832, 4.904, 5.234, 5.8, 7.178, 11.4, 12.76, 18.6, 30.25, 53.53, 98.77, 191.2,
        329.9, 618.8,
      ],
      8: [
        5.554, 5.108, 5.31, 5.581, 6.411, 7.864, 10.79, 11.99, 14.97, 19.39, 30.81, 50.7, 92.38,
        177.8, 344, 577.4,
      ],
    },
  },
  {
    gpuModels: ["H200 SXM-141GB"],
    joinedBy: "nvswitch",
    engine: "vLLM 0.24.0",
    microseconds: {
      2: [
        4.453, 4.64, 4.553, 4.62, 4.825, 4.823, 5.19, 6.341, 8.429, 12.44, 20.49, 42.99, 76.57,
        144.8, 280.6, 463,
      ],
      4: [
        4.559, 4.769, 4.816, 4.918, 5.395, 5.815, 6.985, 10.48, 12.1, 17.8, 29.83, 51.77, 93.78,
        179.6, 320.2, 609,
      ],
      8: [
        4.803, 5.143, 5.154, 5.665, 6.561, 7.943, 10.06, 11.14, 14.07, 18.11, 28.43, 48.39, 87.17,
        165.9, 323.3, 562.4,
      ],
    },
  },
  {
    gpuModels: ["L40S"],
    joinedBy: "pcie",
    engine: "vLLM 0.22.0",
    microseconds: {
      2: [
        5.583, 5.724, 6.222, 7.407, 9.861, 10.99, 18.05, 32.1, 60.25, 116.8, 229.4, 449.9, 891.9,
        1777, 3542, 7007,
      ],
      4: [
        14.09, 14.32, 17.51, 26.02, 36.93, 59.63, 115.6, 219, 360.6, 840.8, 1649, 3322, 6676, 13600,
        27240, 54410,
      ],
      8: [
        26.73, 27.62, 27.37, 48.36, 72.89, 108.3, 207.1, 444.5, 582.6, 2080, 4014, 8168, 15810,
        30060, 60070, 120300,
      ],
    },
  },
  {
    gpuModels: ["RTX PRO 6000 Blackwell Server"],
    joinedBy: "pcie",
    engine: "vLLM 0.24.0",
    microseconds: {
      2: [
        4.532, 4.545, 5.056, 5.371, 6.187, 8.18, 11.12, 17.62, 30.15, 55.69, 106, 244.5, 474.9, 933,
        1844, 3630,
      ],
      4: [
        12.67, 13.73, 14.85, 15.76, 16.95, 25, 57.33, 76.45, 87.66, 145.8, 246.9, 462, 886.9, 1792,
        3556, 6942,
      ],
      8: [
        25.96, 26.57, 27.52, 29.78, 31.19, 49.45, 84.34, 156.3, 133.5, 222.6, 346.9, 674.6, 1275,
        2547, 5067, 9923,
      ],
    },
  },
];

/** A table that fits, and what it was measured with. */
export interface CustomAllReduce {
  readonly engine: string;
  /** Seconds for a buffer of so many bytes on each GPU. */
  seconds(bytes: number): number;
  isOutside(bytes: number): boolean;
}

/** vLLM's own all-reduce on GPUs of a model, joined in one way; undefined where nobody timed it. */
export function customAllReduce(
  gpuModel: string,
  joinedBy: "nvswitch" | "pcie",
  gpus: number,
): CustomAllReduce | undefined {
  const system = SYSTEMS.find(
    (each) => each.joinedBy === joinedBy && each.gpuModels.includes(gpuModel),
  );
  const times = system?.microseconds[gpus];
  if (system === undefined || times === undefined) return undefined;
  return {
    engine: system.engine,
    seconds: (bytes) => interpolateSizes(BYTES, times, bytes) / 1e6,
    isOutside: (bytes) => bytes > BYTES.at(-1)!,
  };
}
