import { InvalidArgumentError, type Command } from "commander";

import { calibrate, CALIBRATION_INPUTS } from "../../calibration/calibrate.js";
import { formatDuration } from "../../base/units.js";
import { fittingGpus, findGpu } from "../../hardware/find-gpu.js";
import type { GpuSpec } from "../../hardware/gpu-spec.js";
import { readBytes } from "../../io/read-file.js";
import { VERSION } from "../../io/version.js";
import { writeTextFile } from "../../io/write-text-file.js";
import type { CalibrationFile } from "../../performance/calibrated/calibration-file.js";
import { measuredFigures } from "../../performance/calibrated/calibrated-gpu.js";
import { alignColumns, wrapText } from "../text-layout.js";

interface CalibrateOptions {
  readonly out?: string;
  readonly gpu?: GpuSpec;
  readonly json?: true;
}

/** Largest input; published tables have some hundred kilobytes. */
const INPUT_LIMIT = { bytesMax: 256 * 1024 * 1024, help: "calibrate from fewer rows" };

/** `headroom calibrate`: measurements of a GPU become figures the simulator uses. */
export function registerCalibrate(program: Command): void {
  program
    .command("calibrate")
    .summary("fit measured figures of a GPU that scenarios can name")
    .description(
      "Fits efficiency curves to measurements: compute by shape, bandwidth by size, costs of a launch, transfers,\n" +
        "collectives and contention of tenants, each with residuals on what the fit had not seen. A scenario names the\n" +
        "file under cluster.calibration. Results of software adapters are refused.",
    )
    .argument("<result...>", `measurements: ${CALIBRATION_INPUTS.join("; ")}`)
    .option("-o, --out <file>", "calibration to write (JSON)")
    .option(
      "--gpu <name>",
      "GPU of the catalogue the figures are for, where the device's name does not say",
      gpuNamed,
    )
    .option("--json", "print the calibration to stdout, and nothing else there")
    .addHelpText(
      "after",
      `
Examples:
  headroom calibrate result.json -o bench/calibrations/my-h100.json
  headroom calibrate gemm_perf.parquet nccl_perf.parquet all_reduce.txt -o bench/calibrations/h100.json
  headroom calibrate bandwidth.json --gpu "H100 SXM5-80GB" -o bench/calibrations/h100-copies.json`,
    )
    .action(run);
}

async function run(files: readonly string[], options: CalibrateOptions): Promise<void> {
  const inputs = [];
  for (const file of files) {
    const { bytes, sha256 } = await readBytes(file, INPUT_LIMIT);
    inputs.push({ file, bytes, sha256 });
  }
  const calibration = await calibrate(inputs, {
    version: VERSION,
    ...(options.gpu === undefined ? {} : { gpu: options.gpu }),
  });
  const text = `${JSON.stringify(calibration)}\n`;
  if (options.out !== undefined) await writeTextFile(options.out, [text]);
  if (options.json) process.stdout.write(`${JSON.stringify(calibration, null, 2)}\n`);
  else process.stdout.write(`${summary(calibration, options.out).join("\n")}\n`);
  if (options.json)
    for (const warning of calibration.warnings) process.stderr.write(`warning: ${warning}\n`);
}

function gpuNamed(name: string): GpuSpec {
  const found = findGpu(name);
  if (found.kind === "found") return found.gpu;
  const near = fittingGpus(name).map((gpu) => gpu.name);
  throw new InvalidArgumentError(
    `there is no GPU "${name}" in the catalogue${near.length === 0 ? "; headroom catalog lists them" : `: ${near.join(", ")}`}.`,
  );
}

function summary(calibration: CalibrationFile, out: string | undefined): readonly string[] {
  const { device, matmul, bandwidth, costs, transfers, collectives, contention, serving } =
    calibration;
  const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
  const held = (
    residuals: { readonly median: number; readonly p90: number } | undefined,
  ): string =>
    residuals === undefined
      ? "no residuals"
      : `unseen: median ${percent(residuals.median)}, p90 ${percent(residuals.p90)}`;
  const rows = [
    ...matmul.map((one) => [
      `products in ${one.dtype}`,
      one.largeFlopPerS === undefined
        ? `no large ones, ${one.shapes} shapes`
        : `${rate(one.largeFlopPerS, "FLOP/s")} where large, ${one.shapes} shapes`,
      held(one.residuals),
    ]),
    ...bandwidth.map((one) => [
      `${one.kernel} in ${one.dtype}`,
      `${rate(one.points.at(-1)!.bytesPerS, "B/s")}, ${one.points.length} sizes`,
      held(one.residuals),
    ]),
    ...costs.map((one) => [one.kind, formatDuration(one.timeS), one.backend]),
    ...transfers.map((one) => [
      `${one.direction}, ${one.memory}`,
      `${rate(one.bytesPerS, "B/s")} after ${formatDuration(one.alphaS)}`,
      held(one.residuals),
    ]),
    ...collectives.map((one) => [
      `${one.op} of ${one.gpus} GPUs, ${one.dtype}`,
      `${one.points.length} sizes`,
      held(one.residuals),
    ]),
    ...contention.map((one) => [
      `tenants: ${one.kernel} in ${one.dtype}`,
      one.points.map((point) => `${point.processes}: ×${point.slowdown.toFixed(2)}`).join(", "),
      "",
    ]),
    ...serving.map((one) => [
      `${one.tool}: ${one.model}`,
      `${one.requestsPerS.toPrecision(3)} requests/s, ${one.outputTokensPerS.toPrecision(4)} tokens/s`,
      "",
    ]),
  ];
  const used = measuredFigures(calibration);
  const count = Object.values(used).filter((value) => typeof value === "number").length;
  return [
    `${device.name}${device.gpu === undefined ? "" : ` = ${device.gpu}`}: ${count === 0 && used.contention.length === 0 ? "nothing in it replaces a figure of a scenario" : "takes the place of published figures where a scenario names it"}`,
    "",
    ...alignColumns(rows),
    "",
    ...calibration.warnings.map((warning) => `! ${wrapText(warning, 2)}`),
    out === undefined ? "nothing was written; name a file with -o" : `wrote ${out}`,
  ];
}

function rate(value: number, unit: string): string {
  for (const [scale, prefix] of [
    [1e15, "P"],
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
  ] as const) {
    if (value >= scale) return `${Number((value / scale).toPrecision(4))} ${prefix}${unit}`;
  }
  return `${Number(value.toPrecision(4))} ${unit}`;
}
