import type { Command } from "commander";

import type { BackendName, BackendProbe } from "../../benchmark/backend.js";
import { BACKENDS } from "../../benchmark/backends/registry.js";
import { availableBackends, probeBackends } from "../../benchmark/run/measure-suite.js";
import { VERSION } from "../../io/version.js";
import { EXIT_CODES } from "../exit-codes.js";
import { printDevices } from "../print-benchmark-devices.js";
import { createProgressLine } from "../terminal.js";

/** `headroom bench devices`: what kernels could run on here, and why not on the rest. */
export function registerBenchDevices(bench: Command): void {
  bench
    .command("devices")
    .summary("what kernels can run on here, and why not on the rest")
    .description(
      "Looks for devices through every backend. Each is looked at in a process of its own, so that a driver that\n" +
        "crashes is a reason and not the end.",
    )
    .option("--json", "print everything that was found as one JSON object")
    .addHelpText(
      "after",
      `
A device is labelled hardware only when it is known to be a GPU. Exit code 0, also when there is none.

Examples:
  headroom bench devices
  headroom bench devices --json`,
    )
    .action(async (options: { readonly json?: true }) => {
      const progress = createProgressLine({ quiet: options.json === true });
      const found: Partial<Record<BackendName, BackendProbe>> = {};
      const summaries: Partial<Record<BackendName, string>> = {};
      for (const name of availableBackends()) {
        progress.show(`looking for devices: ${name}`);
        summaries[name] = (await BACKENDS[name]!()).summary;
        Object.assign(found, await probeBackends([name]));
      }
      progress.clear();
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify({ schema: "headroom/benchmark-devices/v1", version: VERSION, backends: found }, null, 2)}\n`
          : `${printDevices(found, summaries)}\n`,
      );
      process.exitCode = EXIT_CODES.done;
    });
}
