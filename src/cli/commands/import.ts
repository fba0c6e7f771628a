import { resolve } from "node:path";
import type { Command } from "commander";

import { parseDuration, parseShare } from "../../base/units.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import type { Problem } from "../../diagnostics/problem.js";
import { InputError } from "../../diagnostics/problem.js";
import { visibleText } from "../../diagnostics/visible-text.js";
import { readTextFile } from "../../io/read-file.js";
import { writeTextFile } from "../../io/write-text-file.js";
import type {
  ImportKind,
  ImportOptions,
  ImportResult,
} from "../../scenario/import/import-files.js";
import {
  catalogueText,
  IMPORT_KINDS,
  importFiles,
  partText,
} from "../../scenario/import/import-files.js";
import { parseCatalogue } from "../../scenario/catalogue/parse-catalogue.js";
import { present } from "../../scenario/import/imported.js";
import { parseTime } from "../../workload/reading/civil-time.js";
import { writeHeadroomCsv } from "../../workload/write-headroom-csv.js";

interface ImportCommandOptions {
  readonly as?: string;
  readonly out: string;
  readonly gpu: readonly string[];
  readonly assumeDuration?: string;
  readonly limitUse?: string;
  readonly now?: string;
  readonly machine?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly hosting?: string;
  readonly nic?: string;
}

/** `headroom import`: configuration and jobs of a running cluster, without retyping. */
export function registerImport(program: Command): void {
  const kinds = Object.entries(IMPORT_KINDS).map(
    ([name, description]) => `  ${name.padEnd(15)} ${description}`,
  );
  program
    .command("import")
    .summary("make a part of a scenario, or a trace of today's jobs, from a cluster's own files")
    .description(
      "Reads configuration of Kueue, kube-scheduler, Kubernetes nodes and Slurm into a YAML file that a scenario can\n" +
        "extend, and lists of jobs into a trace that starts now. What could not be expressed is listed, line by line.",
    )
    .argument("<file...>", "files to read; several make one part of a scenario")
    .requiredOption("--out <file>", "file to write: a .yaml for configuration, a .csv for jobs")
    .option(
      "--as <kind>",
      `what the files are: ${Object.keys(IMPORT_KINDS).join(", ")}; guessed when absent`,
    )
    .option(
      "--gpu <name=model>",
      "GPU model meant by a name in the files, such as a100=A100 SXM4-80GB; may be repeated",
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .option(
      "--assume-duration <duration>",
      "how long a job without time limit still takes, such as 4h; without it such jobs are a problem",
    )
    .option(
      "--limit-use <share>",
      "share of what their time limits leave that jobs are taken to use, such as 60%; all of it when absent",
    )
    .option(
      "--now <time>",
      "when the list of jobs was made, such as 2026-01-05T08:00:00Z, where it does not say",
    )
    .option("--machine <name>", "what the host is called whose nvidia-smi outputs are read")
    .option("--cpu <cores>", "its CPU, which nvidia-smi does not say, such as 112")
    .option("--memory <size>", "its memory, such as 2TB")
    .option("--hosting <kind>", "bare-metal or vm; bare-metal when absent")
    .option("--nic <link>", "link of its network adapters, such as infiniband-ndr")
    .addHelpText(
      "after",
      `
Kinds:
${kinds.join("\n")}

Examples:
  headroom import queues.yaml nodes.json --out cluster.yaml
  headroom import slurm.conf --out cluster.yaml --gpu "a100=A100 SXM4-80GB"
  headroom import smi.xml topo.txt --out mine.yaml --machine our-h100 --cpu 112 --memory 2TB --nic infiniband-ndr
  headroom import squeue.txt --as squeue --out now.csv --assume-duration 4h --limit-use 60%`,
    )
    .action(run);
}

async function run(files: readonly string[], options: ImportCommandOptions): Promise<void> {
  const importOptions = readOptions(files, options);
  const sources = await Promise.all(
    files.map(async (file) => ({ file, text: await readTextFile(file) })),
  );
  const result = importFiles(sources, importOptions);
  const chunks =
    result.kind === "trace"
      ? writeHeadroomCsv(result.jobs)
      : [
          result.kind === "catalogue"
            ? checkedCatalogue(options.out, catalogueText(result.catalogue, result))
            : partText(result.scenario, result),
        ];
  await writeTextFile(options.out, chunks);
  process.stdout.write(`${report(result, options.out).join("\n")}\n`);
}

function readOptions(files: readonly string[], options: ImportCommandOptions): ImportOptions {
  const problems: Problem[] = [];
  const fault = (
    rule: string,
    message: string,
    allowed?: readonly string[],
    suggestion?: string,
  ): void => {
    problems.push({
      file: "import",
      rule,
      message,
      ...(allowed === undefined ? {} : { allowed }),
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  };
  const { as, assumeDuration, now, out } = options;
  const kinds = Object.keys(IMPORT_KINDS);
  if (as !== undefined && !kinds.includes(as)) {
    fault("unknown-kind", `--as: there is no kind "${as}"`, kinds, didYouMean(as, kinds));
  }
  const duration = assumeDuration === undefined ? undefined : parseDuration(assumeDuration);
  if (duration?.ok === false) fault("bad-quantity", `--assume-duration: ${duration.message}`);
  if (duration?.ok === true && duration.value <= 0) {
    fault("bad-quantity", `--assume-duration must be longer than 0, got "${assumeDuration!}"`);
  }
  const use = options.limitUse === undefined ? undefined : parseShare(options.limitUse);
  if (use?.ok === false) fault("bad-quantity", `--limit-use: ${use.message}`);
  if (use?.ok === true && use.value <= 0) {
    fault("bad-quantity", `--limit-use must be more than 0, got "${options.limitUse!}"`);
  }
  const time = now === undefined ? undefined : parseTime(now);
  if (now !== undefined && time === undefined) {
    fault(
      "not-a-time",
      `--now must be a time such as 2026-01-05T08:00:00Z or a Unix time, got "${now}"`,
    );
  }
  const gpus = new Map<string, string>();
  for (const pair of options.gpu) {
    const equals = pair.indexOf("=");
    if (equals < 1 || equals === pair.length - 1) {
      fault("bad-set", `--gpu must be name=model, such as a100=A100 SXM4-80GB, got "${pair}"`);
    } else gpus.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  if (files.some((file) => resolve(file) === resolve(out))) {
    fault("same-file", `--out ${out} is one of the files to read, which would be lost`);
  }
  if (problems.length > 0) throw new InputError(problems);
  return {
    gpus,
    host: hostOptions(options),
    ...(as === undefined ? {} : { kind: as as ImportKind }),
    ...(duration?.ok === true ? { assumedDurationS: duration.value } : {}),
    ...(use?.ok === true ? { limitUse: use.value } : {}),
    ...(time === undefined ? {} : { nowS: time.epochS }),
  };
}

/** The text, once it is known to be a catalogue: what --cpu and --memory say is checked with the rest. */
function checkedCatalogue(file: string, text: string): string {
  parseCatalogue(file, text);
  return text;
}

/** What nvidia-smi does not know of its host, as far as it was given. */
function hostOptions(options: ImportCommandOptions): NonNullable<ImportOptions["host"]> {
  const { machine, cpu, memory, hosting, nic } = options;
  return present({ machine, cpu, memory, hosting, nic });
}

function report({ read, notes, ignored, ...result }: ImportResult, out: string): readonly string[] {
  return [
    ...read.map(
      ({ file, kind, isGuess }) =>
        `${file}: read as ${kind}${isGuess ? " (a guess; say otherwise with --as)" : ""}`,
    ),
    ...notes.map((note) => `note: ${note}`),
    ...(ignored.length === 0 ? ["ignored: nothing"] : ["ignored:"]),
    ...ignored.map(({ file, line, path, why }) => `  ${file}:${line}: ${path}: ${why}`),
    result.kind === "trace"
      ? `wrote ${out}: ${result.jobs.count} jobs; use it as workload.trace`
      : result.kind === "catalogue"
        ? `wrote ${out}: a catalogue; use it with --file, or as cluster.catalogue: ${out}`
        : `wrote ${out}: ${sectionsOf(result.scenario).join(", ")}; use it with extends: ${out}`,
  ].map((line) => visibleText(line));
}

function sectionsOf({
  cluster,
  policy,
}: Extract<ImportResult, { kind: "scenario" }>["scenario"]): readonly string[] {
  return [
    ...(cluster === undefined ? [] : ["cluster"]),
    ...Object.keys(policy ?? {}).map((field) => `policy.${field}`),
  ];
}
