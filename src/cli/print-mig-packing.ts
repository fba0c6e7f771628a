import type {
  MigGeometry,
  MigLayoutPolicy,
  MigMix,
  MigPacking,
  MigPlacement,
  PackedMigGpus,
} from "../hardware/mig.js";
import { migMixOf, migMixText } from "../hardware/mig.js";
import { sourceOfEntry } from "../hardware/catalogue.js";
import { drawMigAxis, drawMigLayout } from "./draw-mig.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** What `headroom mig pack` found. */
export interface MigPackOutcome {
  readonly gpu: string;
  readonly geometry: MigGeometry;
  readonly demand: MigMix;
  readonly policy: MigLayoutPolicy;
  /** The layout that was given. */
  readonly layout?: MigMix;
  readonly packing: MigPacking;
}

/** The number of GPUs, why no fewer do, and the layout of each, for a terminal. */
export function printMigPacking(outcome: MigPackOutcome): string {
  const { gpu, geometry, demand, packing } = outcome;
  const { layouts, remainder, gpus } = packing;
  const allSlices = gpus * geometry.computeSlices;
  const allSlots = gpus * geometry.slots;
  const unused = unusedOf(layouts);
  const rows = layouts.map((group) => [
    `${group.gpus} x`,
    drawMigLayout(geometry, group.placements, unusedMarks(group)),
    cell(group.remainder.strandedComputeSlices),
    cell(group.remainder.strandedSlots),
  ]);
  return [
    wrapText(`${migMixText(geometry, demand)} on ${gpu}, ${policyText(outcome)}`),
    "",
    `${gpus} ${gpus === 1 ? "GPU" : "GPUs"}: ${verdict(packing)}`,
    wrapText(proofText(geometry, packing)),
    "",
    ...alignColumns([["GPUs", drawMigAxis(geometry), "compute lost", "slots lost"], ...rows]),
    "",
    wrapText(
      `Idle: ${remainder.idleComputeSlices} of ${allSlices} compute slices (${remainder.strandedComputeSlices} lost) and ` +
        `${remainder.idleSlots} of ${allSlots} memory slots (${remainder.strandedSlots} lost). Lost is what no further ` +
        "instance can have.",
    ),
    ...(Object.keys(unused).length === 0
      ? []
      : [
          wrapText(
            `Made and not asked for, marked with a question mark: ${migMixText(geometry, unused)}.`,
          ),
        ]),
    ...(geometry.provenance !== "inferred"
      ? []
      : [
          wrapText(
            `Starts and slots are inferred, not published for this GPU. Source: ${sourceOfEntry(geometry)}`,
          ),
        ]),
  ].join("\n");
}

function policyText({ geometry, policy, layout, packing }: MigPackOutcome): string {
  if (policy === "per-gpu") return "every GPU with a layout of its own (per-gpu)";
  const [first] = packing.layouts;
  const mix = layout ?? migMixOf(first!.placements);
  return `every GPU with the layout ${migMixText(geometry, mix)} (${policy})`;
}

/** Instances of all GPUs that nobody asked for. */
function unusedOf(layouts: readonly PackedMigGpus[]): MigMix {
  const sums: Record<string, number> = {};
  for (const { gpus, unused } of layouts) {
    for (const [name, count] of Object.entries(unused))
      sums[name] = (sums[name] ?? 0) + gpus * count;
  }
  return sums;
}

function cell(value: number): string {
  return value === 0 ? "-" : String(value);
}

/** Of each profile, the last placements of a group are the unused ones. */
function unusedMarks(group: PackedMigGpus): (placement: MigPlacement, order: number) => boolean {
  const marked = new Set<number>();
  const left = new Map(Object.entries(group.unused));
  for (const [back, { profile }] of group.placements.toReversed().entries()) {
    const count = left.get(profile) ?? 0;
    if (count === 0) continue;
    left.set(profile, count - 1);
    marked.add(group.placements.length - 1 - back);
  }
  return (_, order) => marked.has(order);
}

function verdict({ isProven, lowerBound, gpus }: MigPacking): string {
  if (isProven) return "the fewest, proven.";
  return `fewest found; at least ${lowerBound} are needed, so at most ${gpus - lowerBound} too many.`;
}

function proofText(geometry: MigGeometry, { proof, gpus }: MigPacking): string {
  if (proof.kind === "worth") {
    const points = geometry.profiles
      .filter(({ name }) => proof.worth[name] !== undefined)
      .map(({ name }) => `${name} ${proof.worth[name]!}`);
    return (
      `Proof: count points, ${points.join(", ")}. No layout of this GPU has more than ${proof.layoutWorthMax}; ` +
      `the demand has ${proof.demandWorth}, and ${proof.demandWorth} / ${proof.layoutWorthMax} rounded up is ${gpus}.`
    );
  }
  if (proof.kind === "every-layout") {
    return proof.layoutsTried === 1
      ? "Proof: the layout is given; its scarcest profile decides."
      : `Proof: each of the ${proof.layoutsTried} layouts was tried for all GPUs.`;
  }
  if (proof.kind === "search") {
    return `Proof: all ways to use fewer GPUs were excluded (${proof.programsSolved} exact linear programs).`;
  }
  return `The search was stopped after ${proof.programsSolved} exact linear programs.`;
}

/** The same as one JSON value. */
export function migPackingJson({ gpu, demand, policy, layout, packing }: MigPackOutcome): object {
  return { gpu, demand, policy, ...(layout === undefined ? {} : { layout }), ...packing };
}
