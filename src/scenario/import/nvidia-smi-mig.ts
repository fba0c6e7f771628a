import type { MigGeometry } from "../../hardware/mig.js";
import type { ImportLog, ImportSource } from "./imported.js";

/** MIG profiles of a GPU as a catalogue file writes them. */
export interface MigTablePart {
  readonly slices: number;
  readonly slots: number;
  readonly profiles: readonly {
    readonly name: string;
    readonly slices: number;
    readonly slots: number;
    readonly starts: readonly number[];
    readonly memory?: string;
    readonly multiprocessors?: number;
  }[];
}

/** `GPU  0 Profile ID 19 Placements: {0,1,2}:1` of -lgipp. */
const PLACEMENTS =
  /^\s*GPU\s+(\d+)\s+Profile\s+ID\s+(\d+)\s+Placements?:\s*\{([\d,\s]*)\}\s*:\s*(\d+)/;

/** `|   0  MIG 1g.10gb       19     7/7        9.75       No     16 …` of -lgip. */
const PROFILE = /^\|\s*(\d+)\s+MIG\s+(\S+)\s+(\d+)\s+\d+\/\d+\s+([\d.]+)\s+\w+\s+(\d+)/;

/**
 * Reads `nvidia-smi mig -lgipp`, with `-lgip` in the same file for names, memory and multiprocessors. Without
 * `-lgip`, profiles are named by their numbers from the catalogue's table of the GPU.
 *
 * @param known the catalogue's table of the GPU, where there is one
 * @returns undefined when the file has no places; what is wrong stands in the log
 */
export function readMigTable(
  { file, text }: ImportSource,
  known: MigGeometry | undefined,
  log: ImportLog,
): MigTablePart | undefined {
  const lines = text.split(/\r?\n/);
  const listed = new Map<string, { name: string; memory: string; multiprocessors: number }>();
  for (const line of lines) {
    const match = PROFILE.exec(line);
    if (match === null || match[1] !== "0") continue;
    const [, , name, id, memory, multiprocessors] = match;
    listed.set(id!, {
      name: name!,
      memory: `${memory!}GiB`,
      multiprocessors: Number(multiprocessors),
    });
  }
  const profiles: MigTablePart["profiles"][number][] = [];
  lines.forEach((line, index) => {
    const match = PLACEMENTS.exec(line);
    // GPUs of one host are alike; the others would only repeat the first.
    if (match === null || match[1] !== "0") return;
    const id = match[2]!;
    const profile = listed.get(id);
    const name =
      profile?.name ?? known?.profiles.find((each) => String(each.profileId) === id)?.name;
    const slices = Number(/^(\d+)g\./.exec(name ?? "")?.[1]);
    if (name === undefined || !Number.isInteger(slices)) {
      log.problems.push({
        file,
        line: index + 1,
        col: 1,
        sourceLine: line,
        rule: "unknown-profile",
        message: `nothing says which profile has the number ${id}`,
        help: "add the output of nvidia-smi mig -lgip to the file, or name a GPU of the catalogue with --gpu",
      });
      return;
    }
    profiles.push({
      name,
      slices,
      slots: Number(match[4]),
      starts: match[3]!.split(",").map(Number),
      ...(profile === undefined
        ? {}
        : { memory: profile.memory, multiprocessors: profile.multiprocessors }),
    });
  });
  if (profiles.length === 0) {
    if (log.problems.length === 0) {
      const message = "the file has no places of GPU 0 as nvidia-smi mig -lgipp prints them";
      log.problems.push({ file, line: 1, col: 1, rule: "unknown-format", message });
    }
    return undefined;
  }
  return {
    slices: Math.max(...profiles.map((profile) => profile.slices)),
    slots: Math.max(
      ...profiles.flatMap(({ starts, slots }) => starts.map((start) => start + slots)),
    ),
    profiles,
  };
}

/** How a table that was read differs from the catalogue's: one sentence. */
export function compareMigTables(read: MigTablePart, known: MigGeometry): string {
  const shape = (each: { readonly slots: number; readonly starts: readonly number[] }): string =>
    `${each.starts.join(",")}:${each.slots}`;
  const differing = read.profiles.filter((profile) => {
    const other = known.profiles.find(({ name }) => name === profile.name);
    return other === undefined || shape(other) !== shape(profile);
  });
  const names = differing.map(({ name }) => name).join(", ");
  return differing.length === 0
    ? `the places are those of the catalogue's table of ${known.gpuModels[0]!} (${known.provenance})`
    : `the places of ${names} differ from the catalogue's table of ${known.gpuModels[0]!}; the file's are used`;
}
