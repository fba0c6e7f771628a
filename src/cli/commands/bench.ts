import type { Command } from "commander";

import { registerBenchBundle } from "./bench-bundle.js";
import { registerBenchCompare } from "./bench-compare.js";
import { registerBenchDevices } from "./bench-devices.js";
import { registerBenchGate } from "./bench-gate.js";
import { measureForGate, registerBenchRun } from "./bench-run.js";

/** `headroom bench`: how fast real devices are, and whether they got slower. */
export function registerBench(program: Command): void {
  const bench = program
    .command("bench")
    .summary("measure GPUs: kernels checked against a reference, verdicts for CI")
    .description(
      "Runs kernels on the devices of this machine, checks every result against a float64 reference, and keeps all\n" +
        "samples. Without a GPU everything runs on the CPU and is labelled software.",
    );
  registerBenchDevices(bench);
  registerBenchRun(bench);
  registerBenchCompare(bench);
  registerBenchGate(bench, measureForGate);
  registerBenchBundle(bench);
}
