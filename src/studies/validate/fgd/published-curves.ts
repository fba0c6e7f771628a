import { CURVE_POINTS } from "../../../simulation/replay/discrete-curves.js";
import { fileProblem } from "../../../io/read-file.js";

/** Published curves by run; look one up with `runKey`. */
export type PublishedCurves = ReadonlyMap<string, readonly number[]>;

/** Policies of the study: name in our registry, and as its files write it. */
export const STUDY_POLICIES: readonly { readonly name: string; readonly published: string }[] = [
  { name: "random", published: "01-Random" },
  { name: "dot-prod", published: "02-DotProd" },
  { name: "gpu-clustering", published: "03-GpuClustering" },
  { name: "gpu-packing", published: "04-GpuPacking" },
  { name: "best-fit", published: "05-BestFit" },
  { name: "fgd", published: "06-FGD" },
];

/** Key of one run; `policy` is a name of our registry. */
export function runKey(workload: string, policy: string, seed: number): string {
  return `${workload}/${policy}/${seed}`;
}

/**
 * Reads one of the study's result files: a row per run, columns `0`..`130` per cent of arrived demand.
 *
 * @param file name for messages
 * @throws InputError when a column is absent
 */
export function readPublishedCurves(text: string, file: string): PublishedCurves {
  const [header = [], ...rows] = text
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map((line) => line.split(","));
  const place = (column: string): number => {
    const at = header.indexOf(column);
    if (at < 0)
      throw fileProblem(file, `has no column "${column}"`, "copy the published file again");
    return at;
  };
  const [workload, policy, seed] = ["workload", "sc_policy", "seed"].map(place) as [
    number,
    number,
    number,
  ];
  const points = Array.from({ length: CURVE_POINTS }, (_unused, point) => place(String(point)));
  const ours = new Map(STUDY_POLICIES.map(({ name, published }) => [published, name]));
  return new Map(
    rows.map((row) => [
      runKey(row[workload]!, ours.get(row[policy]!) ?? row[policy]!, Number(row[seed])),
      points.map((at) => (row[at] === undefined || row[at] === "" ? Number.NaN : Number(row[at]))),
    ]),
  );
}
