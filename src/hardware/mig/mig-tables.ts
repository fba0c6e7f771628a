import { GIBIBYTE } from "../byte-units.js";
import type { SourceId } from "../sources.js";
import type { MigGeometry, MigProfile } from "./mig-geometry.js";

/** Facts of one size, in the order of `SEVEN_SLICE_SIZES`; a gap is a figure no source has. */
interface SevenSliceFacts {
  readonly gpuModels: readonly string[];
  /** What stands behind the dot of the name, such as `10gb`. */
  readonly labels: readonly [string, string, string, string, string, string];
  readonly usableGib: readonly (number | undefined)[];
  readonly multiprocessors: readonly (number | undefined)[];
  readonly copyEngines: readonly (number | undefined)[];
  readonly provenance: MigGeometry["provenance"];
  readonly note?: string;
  readonly sources: readonly SourceId[];
}

/**
 * The axis of every GPU with seven compute slices: eight memory slots. Numbers and starts as the drivers of
 * A100 and H100 list them (`nvidia-smi mig -lgipp`).
 */
const SEVEN_SLICE_SIZES = [
  { slices: 1, slots: 1, starts: [0, 1, 2, 3, 4, 5, 6], profileId: 19 },
  { slices: 1, slots: 2, starts: [0, 2, 4, 6], profileId: 15 },
  { slices: 2, slots: 2, starts: [0, 2, 4], profileId: 14 },
  { slices: 3, slots: 4, starts: [0, 4], profileId: 9 },
  { slices: 4, slots: 4, starts: [0], profileId: 5 },
  { slices: 7, slots: 8, starts: [0], profileId: 0 },
] as const;

/** Number of `+me` of the smallest size. */
const SEVEN_SLICE_MEDIA_ID = 20;

function sevenSliceGeometry(facts: SevenSliceFacts): MigGeometry {
  const sizes = SEVEN_SLICE_SIZES.map((size, index): MigProfile => ({
    name: `${size.slices}g.${facts.labels[index]!}`,
    profileId: size.profileId,
    computeSlices: size.slices,
    slots: size.slots,
    starts: size.starts,
    instancesMax: size.starts.length,
    ...figures(facts, index),
    isMediaExtension: false,
  }));
  const smallest = sizes[0]!;
  const media: MigProfile = {
    ...smallest,
    name: `${smallest.name}+me`,
    profileId: SEVEN_SLICE_MEDIA_ID,
    instancesMax: 1,
    extension: "+me",
    isMediaExtension: true,
  };
  return {
    gpuModels: facts.gpuModels,
    slots: 8,
    computeSlices: 7,
    profiles: [...sizes.toReversed(), media],
    provenance: facts.provenance,
    ...(facts.note === undefined ? {} : { note: facts.note }),
    sources: facts.sources,
  };
}

function figures(
  { usableGib, multiprocessors, copyEngines }: SevenSliceFacts,
  index: number,
): Pick<MigProfile, "memoryBytes" | "multiprocessors" | "copyEngines"> {
  const gib = usableGib[index];
  const count = multiprocessors[index];
  const engines = copyEngines[index];
  return {
    ...(gib === undefined ? {} : { memoryBytes: Math.round(gib * GIBIBYTE) }),
    ...(count === undefined ? {} : { multiprocessors: count }),
    ...(engines === undefined ? {} : { copyEngines: engines }),
  };
}

const NOT_FOUND = [undefined, undefined, undefined] as const;

const A100_FIGURES = {
  multiprocessors: [14, 14, 28, 42, 56, 98],
  copyEngines: [1, 1, 2, 3, 4, 7],
  provenance: "published",
  note: "4g beside 3g needs driver R510 or later",
  sources: ["go-nvml-mock", "mig-guide", "gke-accel"],
} as const;

const HOPPER_ENGINES = [1, 1, 2, 3, 4, 8] as const;
const HOPPER_MULTIPROCESSORS = [16, 26, 32, 60, 64, 132] as const;

/** GPUs with seven compute slices on eight memory slots. */
const SEVEN_SLICE_GEOMETRIES: readonly MigGeometry[] = [
  {
    gpuModels: ["A100 SXM4-40GB", "A100 PCIe-40GB"],
    labels: ["5gb", "10gb", "10gb", "20gb", "20gb", "40gb"],
    usableGib: [4.75, 9.62, 9.62, 19.5, 19.5, 39.25],
    ...A100_FIGURES,
  } as const,
  {
    gpuModels: ["A100 SXM4-80GB", "A100 PCIe-80GB"],
    labels: ["10gb", "20gb", "20gb", "40gb", "40gb", "80gb"],
    usableGib: [9.62, 19.5, 19.5, 39.25, 39.25, 78.5],
    ...A100_FIGURES,
  } as const,
  {
    gpuModels: ["H100 SXM5-80GB"],
    labels: ["10gb", "20gb", "20gb", "40gb", "40gb", "80gb"],
    usableGib: [9.75, 19.62, 19.62, 39.5, 39.5, 79.25],
    multiprocessors: HOPPER_MULTIPROCESSORS,
    copyEngines: HOPPER_ENGINES,
    provenance: "published",
    sources: ["lgip-h100-80", "lgipp-h100", "mig-guide"],
  } as const,
  {
    gpuModels: ["H100 PCIe-80GB"],
    labels: ["10gb", "20gb", "20gb", "40gb", "40gb", "80gb"],
    usableGib: [9.75, 19.62, 19.62, 39.5, 39.5, 79.25],
    multiprocessors: [...NOT_FOUND, ...NOT_FOUND],
    copyEngines: HOPPER_ENGINES,
    provenance: "published",
    note: "the listings are of the SXM card; this one has fewer multiprocessors, and no listing of its own was found",
    sources: ["lgip-h100-80", "lgipp-h100", "mig-guide"],
  } as const,
  {
    gpuModels: ["H100 NVL-94GB"],
    labels: ["12gb", "24gb", "24gb", "47gb", "47gb", "94gb"],
    usableGib: [...NOT_FOUND, 46.38, 46.38, 93.12],
    multiprocessors: [...NOT_FOUND, 60, 64, 132],
    copyEngines: HOPPER_ENGINES,
    provenance: "published",
    sources: ["lgip-h100-94", "lgipp-h100", "mig-guide"],
  } as const,
  {
    gpuModels: ["H200 SXM-141GB", "H200 NVL-141GB"],
    labels: ["18gb", "35gb", "35gb", "71gb", "71gb", "141gb"],
    usableGib: [16, 32.25, undefined, 69.5, 69.5, 139.75],
    multiprocessors: HOPPER_MULTIPROCESSORS,
    copyEngines: HOPPER_ENGINES,
    provenance: "inferred",
    note: "no list of placements of this GPU was found; taken from H100, which has the same chip, profile numbers and counts",
    sources: ["lgip-h200", "h200-sm", "mig-guide"],
  } as const,
  {
    gpuModels: ["B200"],
    labels: ["23gb", "45gb", "45gb", "90gb", "90gb", "180gb"],
    usableGib: [22, 44.25, 44.25, ...NOT_FOUND],
    multiprocessors: [18, 30, 36, ...NOT_FOUND],
    copyEngines: [2, 2, 4, 6, 8, 16],
    provenance: "inferred",
    note: "no list of placements of this GPU was found; taken from H100, which has the same profile numbers and counts. A driver of March 2025 leaves 20.50 GiB in 1g; the guide says 3 copy engines in 2g",
    sources: ["lgip-b200", "mig-guide", "gke-accel"],
  } as const,
  {
    gpuModels: ["GB200"],
    labels: ["23gb", "47gb", "47gb", "93gb", "93gb", "186gb"],
    usableGib: [22, 45.5, 45.5, ...NOT_FOUND],
    multiprocessors: [18, 32, 38, ...NOT_FOUND],
    copyEngines: [2, 2, undefined, ...NOT_FOUND],
    provenance: "inferred",
    note: "no list of placements of this GPU was found; taken from H100, which has the same profile numbers and counts. An older driver names the smallest size 1g.24gb, with 20.00 GiB",
    sources: ["lgip-gb200", "gke-accel"],
  } as const,
].map(sevenSliceGeometry);

const A30: MigGeometry = fourSliceGeometry({
  gpuModels: ["A30"],
  slotsPerSlice: 1,
  sizes: [
    { name: "4g.24gb", slices: 4, multiprocessors: 56, usableGib: 22.8, copyEngines: 4 },
    { name: "2g.12gb", slices: 2, multiprocessors: 28, usableGib: 11.4, copyEngines: 2 },
    { name: "2g.12gb+me", slices: 2, multiprocessors: 28, usableGib: 11.4, copyEngines: 2 },
    { name: "1g.6gb", slices: 1, multiprocessors: 14, usableGib: 5.7, copyEngines: 1 },
    { name: "1g.6gb+me", slices: 1, multiprocessors: 14, usableGib: 5.7, copyEngines: 1 },
  ],
  sources: ["go-nvml-mock", "mig-guide"],
});

const RTX_PRO_6000: MigGeometry = fourSliceGeometry({
  gpuModels: ["RTX PRO 6000 Blackwell Server"],
  slotsPerSlice: 3,
  decoders: 4,
  sizes: [
    { name: "4g.96gb", profileId: 0, slices: 4, multiprocessors: 188, copyEngines: 4 },
    { name: "4g.96gb+gfx", profileId: 32, slices: 4, multiprocessors: 188, copyEngines: 4 },
    { name: "2g.48gb", profileId: 5, slices: 2, multiprocessors: 94, copyEngines: 2 },
    { name: "2g.48gb+me.all", profileId: 64, slices: 2, multiprocessors: 94, copyEngines: 2 },
    { name: "2g.48gb+gfx", profileId: 35, slices: 2, multiprocessors: 94, copyEngines: 2 },
    { name: "2g.48gb-me", profileId: 66, slices: 2, multiprocessors: 94, copyEngines: 2 },
    ...(["1g.24gb", "1g.24gb+me", "1g.24gb+me.all", "1g.24gb+gfx"] as const).map((name, index) => ({
      name,
      profileId: [14, 21, 65, 47][index]!,
      slices: 1,
      multiprocessors: 46,
      usableGib: 23.62,
      copyEngines: 1,
    })),
    { name: "1g.24gb-me", profileId: 67, slices: 1, multiprocessors: 46, copyEngines: 1 },
  ],
  sources: ["lgipp-rtx6000", "lgip-rtx6000", "mig-guide", "gke-accel"],
});

interface FourSliceFacts {
  readonly gpuModels: readonly string[];
  readonly slotsPerSlice: number;
  readonly decoders?: number;
  readonly sizes: readonly {
    readonly name: string;
    readonly profileId?: number;
    readonly slices: number;
    readonly multiprocessors: number;
    readonly usableGib?: number;
    readonly copyEngines: number;
  }[];
  readonly sources: readonly SourceId[];
}

/** A GPU with four compute slices: sizes are powers of two and start at multiples of themselves. */
function fourSliceGeometry(facts: FourSliceFacts): MigGeometry {
  const profiles = facts.sizes.map((size): MigProfile => {
    const slots = size.slices * facts.slotsPerSlice;
    const count = 4 / size.slices;
    const starts = Array.from({ length: count }, (_, index) => index * slots);
    const extension = /[+-](me\.all|me|gfx)$/.exec(size.name)?.[0] as MigProfile["extension"];
    const isMediaExtension = extension === "+me" || extension === "+me.all";
    return {
      name: size.name,
      ...(size.profileId === undefined ? {} : { profileId: size.profileId }),
      computeSlices: size.slices,
      slots,
      starts,
      instancesMax: isMediaExtension ? 1 : count,
      ...(size.usableGib === undefined
        ? {}
        : { memoryBytes: Math.round(size.usableGib * GIBIBYTE) }),
      multiprocessors: size.multiprocessors,
      copyEngines: size.copyEngines,
      ...(facts.decoders === undefined
        ? {}
        : { decoders: decodersOf(facts.decoders, size.slices, extension) }),
      ...(extension === undefined ? {} : { extension }),
      isMediaExtension,
    };
  });
  const { gpuModels, sources } = facts;
  const slots = 4 * facts.slotsPerSlice;
  return {
    gpuModels,
    slots,
    computeSlices: 4,
    ...(facts.decoders === undefined ? {} : { decoders: facts.decoders }),
    profiles,
    provenance: "published",
    sources,
  };
}

/** One decoder per slice; `+me.all` owns them all and `-me` none. */
function decodersOf(all: number, slices: number, extension: MigProfile["extension"]): number {
  if (extension === "+me.all") return all;
  return extension === "-me" ? 0 : (all * slices) / 4;
}

/** Every GPU model that can be cut into MIG instances, by the tables of its driver. */
export const MIG_GEOMETRIES: readonly MigGeometry[] = [
  A30,
  ...SEVEN_SLICE_GEOMETRIES,
  RTX_PRO_6000,
];
