import type { Command } from "commander";

import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import type { HardwareCatalogue } from "../../hardware/catalogue.js";
import {
  balancedMigMix,
  enumerateMigLayouts,
  impossibleMigMixText,
  MIG_LAYOUT_POLICIES,
  migMixText,
  migProfileOf,
  packMig,
  parseMigMix,
  placeMigMix,
  plainMigProfiles,
  unknownMigProfile,
  type MigGeometry,
  type MigLayoutPolicy,
  type MigMix,
  type MigProfile,
} from "../../hardware/mig.js";
import { writeTextFile } from "../../io/write-text-file.js";
import { migPartedText } from "../../scenario/import/mig-parted-text.js";
import { catalogueWith } from "../catalogue-file.js";
import { namedMigGeometry, namedMigShape } from "../named-gpu.js";
import { migLayoutsJson, printMigLayouts } from "../print-mig-layouts.js";
import { migPackingJson, printMigPacking, type MigPackOutcome } from "../print-mig-packing.js";

interface LayoutsOptions {
  readonly only?: string;
  readonly file?: string;
  readonly json?: true;
}

interface PackOptions {
  readonly demand: string;
  readonly layoutPolicy?: string;
  readonly layout?: string;
  readonly migParted?: string;
  readonly gpusPerNode?: string;
  readonly file?: string;
  readonly json?: true;
}

/** `headroom mig`: how GPUs are cut into MIG instances, and how many GPUs a demand takes. */
export function registerMig(program: Command): void {
  const mig = program
    .command("mig")
    .summary("layouts of MIG instances, and the fewest GPUs for a demand")
    .description(
      "Answers questions about MIG from the placement tables of the drivers, without a scenario.",
    );
  registerLayouts(mig);
  registerPack(mig);
}

function registerLayouts(mig: Command): void {
  mig
    .command("layouts")
    .summary("every way to cut a GPU")
    .description(
      "Lists the MIG profiles of a GPU and draws every layout to which nothing can be added.",
    )
    .argument("<gpu>", "GPU model, such as H100 or A100-80GB; headroom catalog mig lists them")
    .option("--only <profiles>", "build from these profiles, such as 1g.10gb,3g.40gb")
    .option("--file <file>", "a catalogue of your own, whose entries come first")
    .option("--json", "print the profiles and all layouts as one JSON object")
    .addHelpText(
      "after",
      `
Without --only, layouts are built from the plain profiles: extensions such as +me take the same slots.

Examples:
  headroom mig layouts H100
  headroom mig layouts A30 --json
  headroom mig layouts A100-80GB --only 1g.10gb,2g.20gb,3g.40gb,4g.40gb,7g.80gb`,
    )
    .action(async (name: string, options: LayoutsOptions, command: Command) => {
      const catalogue = await catalogueWith(options.file);
      const { gpu, geometry, alike } = namedMigShape("mig layouts", name, catalogue);
      if (alike.length > 0) {
        const others = alike.join(", ");
        process.stderr.write(
          `"${name}" fits several models that are cut alike; the profiles are named as on ${gpu} (also ${others})\n`,
        );
      }
      const profiles =
        options.only === undefined
          ? plainMigProfiles(geometry)
          : namedProfiles(geometry, options.only);
      const outcome = {
        gpu,
        geometry,
        profiles,
        layouts: enumerateMigLayouts(geometry, { profiles }),
      };
      write(
        command,
        options.json === true
          ? JSON.stringify(migLayoutsJson(outcome), null, 2)
          : printMigLayouts(outcome),
      );
    });
}

function registerPack(mig: Command): void {
  mig
    .command("pack")
    .summary("the fewest GPUs for a demand, with a proof")
    .description(
      "Packs MIG instances into the fewest GPUs of one model, says why no fewer do, and draws the layout of each.",
    )
    .argument("<gpu>", "GPU model, such as H100 or A100-80GB; headroom catalog mig lists them")
    .requiredOption("--demand <mix>", "instances per profile, such as 1g.10gb=5,3g.40gb=2")
    .option(
      "--layout-policy <name>",
      `which GPUs share a layout: ${MIG_LAYOUT_POLICIES.join(", ")}; per-gpu when absent`,
    )
    .option(
      "--layout <mix>",
      "the layout of every GPU, such as 3g.40gb=1,1g.10gb=4; implies static",
    )
    .option("--file <file>", "a catalogue of your own, whose entries come first")
    .option("--mig-parted <file>", "also write the layouts as a mig-parted configuration")
    .option("--gpus-per-node <n>", "GPUs of one node in that configuration; 8 when absent")
    .option("--json", "print the packing and its proof as one JSON object")
    .addHelpText(
      "after",
      `
Layout policies:
  per-gpu        every GPU has the layout that suits it
  all-same       one layout for all GPUs, the one that needs the fewest
  all-balanced   the layout that mig-parted calls so: two of the smallest, one 2g, one 3g where there is one
  static         the layout given with --layout

Examples:
  headroom mig pack A100-80GB --demand 1g.10gb=5,3g.40gb=2
  headroom mig pack H100 --demand 1g.10gb=40,2g.20gb=12 --layout-policy all-same
  headroom mig pack "RTX PRO 6000" --demand 1g.24gb=6 --layout 1g.24gb=2,2g.48gb=1`,
    )
    .action(async (name: string, options: PackOptions, command: Command) => {
      const outcome = pack(name, options, await catalogueWith(options.file));
      if (options.migParted !== undefined) {
        const text = migPartedText(outcome.packing, gpusPerNode(options));
        await writeTextFile(options.migParted, [text]);
      }
      write(
        command,
        options.json === true
          ? JSON.stringify(migPackingJson(outcome), null, 2)
          : printMigPacking(outcome),
      );
    });
}

function write(command: Command, text: string): void {
  command.configureOutput().writeOut?.(`${text}\n`);
}

function namedProfiles(geometry: MigGeometry, list: string): readonly MigProfile[] {
  const names = list.split(",").map((name) => name.trim());
  const problems = names
    .filter((name) => migProfileOf(geometry, name) === undefined)
    .map((name): Problem => ({ file: "mig layouts --only", ...unknownMigProfile(geometry, name) }));
  if (problems.length > 0) throw new InputError(problems);
  const chosen = new Set(names.map((name) => migProfileOf(geometry, name)!));
  return geometry.profiles.filter((profile) => chosen.has(profile));
}

function pack(name: string, options: PackOptions, catalogue: HardwareCatalogue): MigPackOutcome {
  const { gpu, geometry } = namedMigGeometry("mig pack", name, catalogue);
  const problems: Problem[] = [];
  const mixOf = (option: "--demand" | "--layout", text: string): MigMix | undefined => {
    const parsed = parseMigMix(geometry, text);
    if (parsed.ok) return parsed.mix;
    for (const problem of parsed.problems)
      problems.push({ file: `mig pack ${option}`, ...problem });
    return undefined;
  };
  const policy = policyOf(options, problems);
  if (!Number.isInteger(gpusPerNode(options)) || gpusPerNode(options) < 1) {
    problems.push({
      file: "mig pack --gpus-per-node",
      rule: "bad-count",
      message: `GPUs of a node must be a whole number of at least 1, got "${options.gpusPerNode!}"`,
    });
  }
  const demand = mixOf("--demand", options.demand);
  const layout = options.layout === undefined ? undefined : mixOf("--layout", options.layout);
  if (layout !== undefined && placeMigMix(geometry, layout) === undefined) {
    problems.push({
      file: "mig pack --layout",
      rule: "impossible-layout",
      message: impossibleMigMixText(geometry, layout),
      help: `headroom mig layouts ${JSON.stringify(gpu)}`,
    });
  }
  if (problems.length > 0 || demand === undefined) throw new InputError(problems);
  const packing = packMig(geometry, demand, {
    ...(layout === undefined ? {} : { layout }),
    ...(policy === "static" ? {} : { policy }),
  });
  if (packing === undefined) throw missingProfile(geometry, demand, { policy, layout });
  return { gpu, geometry, demand, policy, ...(layout === undefined ? {} : { layout }), packing };
}

/** The usual board where nobody says. */
function gpusPerNode(options: PackOptions): number {
  return Number(options.gpusPerNode ?? 8);
}

function policyOf({ layoutPolicy, layout }: PackOptions, problems: Problem[]): MigLayoutPolicy {
  const fallback = layout === undefined ? "per-gpu" : "static";
  const policy = layoutPolicy ?? fallback;
  const file = "mig pack --layout-policy";
  if (!(MIG_LAYOUT_POLICIES as readonly string[]).includes(policy)) {
    const suggestion = didYouMean(policy, MIG_LAYOUT_POLICIES);
    problems.push({
      file,
      rule: "unknown-layout-policy",
      message: `there is no layout policy "${policy}"`,
      allowed: MIG_LAYOUT_POLICIES,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
    return fallback;
  }
  if (layout !== undefined && policy !== "static") {
    problems.push({
      file,
      rule: "contradiction",
      message: `${policy} chooses layouts, and --layout gives one`,
      help: "leave one of them out",
    });
  }
  if (layout === undefined && policy === "static") {
    problems.push({
      file,
      rule: "missing-layout",
      message: "static needs the layout of every GPU",
      help: "add --layout, such as --layout 3g.40gb=1,1g.10gb=4",
    });
  }
  return policy as MigLayoutPolicy;
}

/** A fixed layout without a profile that is asked for can never serve it. */
function missingProfile(
  geometry: MigGeometry,
  demand: MigMix,
  { policy, layout }: { readonly policy: MigLayoutPolicy; readonly layout: MigMix | undefined },
): InputError {
  const fixed = layout ?? (policy === "all-balanced" ? balancedMigMix(geometry) : undefined);
  const lacking = Object.keys(demand).filter((name) => fixed !== undefined && !fixed[name]);
  const message =
    fixed === undefined
      ? `no single layout of ${geometry.gpuModels[0]!} has all of ${Object.keys(demand).join(", ")}`
      : `the layout ${migMixText(geometry, fixed)} has no ${lacking.join(", ")}`;
  return new InputError([
    {
      file: "mig pack",
      rule: "profile-not-in-layout",
      message,
      help: "let every GPU have a layout of its own: --layout-policy per-gpu",
    },
  ]);
}
