import type { Command } from "commander";

import { formatBytes, formatNumber } from "../base/units.js";
import { readTextFile } from "../io/read-file.js";
import { checkAzureMl, type AzureMlCheck } from "../workload/azureml/check-azureml.js";
import { EXIT_CODES } from "./exit-codes.js";
import { alignColumns, wrapText } from "./text-layout.js";

interface CheckAzureMlOptions {
  readonly scaleFromZero?: true;
  readonly json?: true;
}

/** `headroom check azureml`: instance types, namespace quotas, and Volcano with empty GPU pools. */
export function registerCheckAzureMl(check: Command): void {
  check
    .command("azureml")
    .summary("instance types and namespace quotas of AzureML, and jobs that are never queued")
    .description(
      "Reads manifests of AzureML on Kubernetes: InstanceType and InstanceTypeList, ResourceQuota, and the ConfigMap of\n" +
        "Volcano's scheduler. Says what is refused, how many instances a namespace has room for, and whether jobs wait\n" +
        "for ever because GPU pools begin with no node.",
    )
    .argument("<files...>", "YAML files with one or more objects")
    .option("--scale-from-zero", "GPU pools may have no node: look at Volcano's configuration")
    .option("--json", "print {instanceTypes, quotas, fits, lints}")
    .addHelpText(
      "after",
      `
Exit code 1 when jobs would wait for ever, 2 when a manifest is refused.

Examples:
  headroom check azureml instance-types.yaml quota.yaml
  headroom check azureml volcano.yaml --scale-from-zero --json`,
    )
    .action(run);
}

async function run(files: readonly string[], options: CheckAzureMlOptions, command: Command) {
  const sources = await Promise.all(
    files.map(async (file) => ({ file, text: await readTextFile(file) })),
  );
  const found = checkAzureMl(sources, { scalesFromZero: options.scaleFromZero === true });
  const text = options.json === true ? asJson(found) : linesOf(found).join("\n");
  command.configureOutput().writeOut?.(`${text}\n`);
  if (found.lints.length > 0) process.exitCode = EXIT_CODES.failed;
}

/** JSON has no infinity: a quota that limits nothing has no number of instances. */
function asJson(found: AzureMlCheck): string {
  return JSON.stringify(found, (_, value: unknown) => (value === Infinity ? null : value), 2);
}

function linesOf({ instanceTypes, fits, lints }: AzureMlCheck): readonly string[] {
  const lines: string[] = [];
  if (instanceTypes.length > 0)
    lines.push(
      ...alignColumns([
        ["instance type", "requests", "limits", "GPUs"],
        ...instanceTypes.map((type) => [
          type.name,
          `${formatNumber(type.requestsCpu)} CPU, ${formatBytes(type.requestsMemoryBytes)}`,
          `${formatNumber(type.limitsCpu)} CPU, ${formatBytes(type.limitsMemoryBytes)}`,
          String(type.gpus),
        ]),
      ]),
      "",
    );
  if (fits.length > 0)
    lines.push(
      ...alignColumns([
        ["namespace", "quota", "instance type", "room for", "limited by"],
        ...fits.map((fit) => [
          fit.namespace,
          fit.quota,
          fit.instanceType,
          fit.instances === Infinity ? "any number" : String(fit.instances),
          fit.limitedBy ?? "nothing",
        ]),
      ]),
      "",
    );
  for (const { file, line, message, help, source } of lints)
    lines.push(
      wrapText(`${file}${line === null ? "" : `:${line}`}: ${message} [scale-from-zero]`),
      wrapText(`  = help: ${help}`),
      wrapText(`  = source: ${source}`),
      "",
    );
  if (lints.length === 0) lines.push("Every manifest is in order.");
  return lines;
}
