import type {
  MigGeometry,
  MigMix,
  MigPacking,
  MigPlacement,
  PackedMigGpus,
} from "../hardware/mig.js";
import { migMixText } from "../hardware/mig.js";
import { sourceText } from "../hardware/sources.js";
import { drawMigAxis, drawMigLayout } from "./draw-mig.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** What `headroom mig pack` found. */
export interface MigPackOutcome {
  readonly gpu: string;
  readonly geometry: MigGeometry;
  readonly demand: MigMix;
  readonly policy: string;
  readonly packing: MigPacking;
}

/** The number of GPUs, why no fewer do, and the layout of each, for a terminal. */
export function printMigPacking({
  gpu,
  geometry,
  demand,
  policy,
  packing,
}: MigPackOutcome): string {
  const { layouts, remainder, gpus } = packing;
  const allSlices = gpus * geometry.computeSlices;
  const allSlots = gpus * geometry.slots;
  const hasUnused = layouts.some(({ unused }) => Object.keys(unused).length > 0);
  const rows = layouts.map((group) => [
    `${group.gpus} x`,
    drawMigLayout(geometry, group.placements, unusedMarks(group)),
    cell(group.remainder.strandedComputeSlices),
    cell(group.remainder.strandedSlots),
  ]);
  return [
    wrapText(`${migMixText(geometry, demand)} on ${gpu}, ${policy}`),
    "",
    `${gpus} ${gpus === 1 ? "GPU" : "GPUs"}: ${verdict(packing)}`,
    wrapText(proofText(geometry, packing)),
    "",
    ...alignColumns([["GPUs", drawMigAxis(geometry), "compute lost", "slots lost"], ...rows]),
    "",
    wrapText(
      `Idle: ${remainder.idleComputeSlices} of ${allSlices} compute slices, of which no instance can have ` +
        `${remainder.strandedComputeSlices} (lost); ${remainder.idleSlots} of ${allSlots} memory slots, of which no ` +
        `instance can have ${remainder.strandedSlots}.`,
    ),
    ...(hasUnused
      ? [wrapText("An instance with a question mark is part of the layout and not asked for.")]
      : []),
    ...(geometry.provenance === "published"
      ? []
      : [
          wrapText(
            `Starts and slots are inferred, not published for this GPU. Sources: ${sourceText(geometry.sources)}`,
          ),
        ]),
  ].join("\n");
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
export function migPackingJson({ gpu, demand, policy, packing }: MigPackOutcome): object {
  return { gpu, demand, policy, ...packing };
}
