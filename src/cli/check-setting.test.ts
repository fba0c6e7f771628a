import { Command } from "commander";
import { describe, expect, test } from "vitest";

import { InputError } from "../diagnostics/problem.js";
import { createCatalogue } from "../hardware/catalogue.js";
import { type CheckOptions, fitQuestion, namedModel, namedPlace } from "./check-setting.js";
import { registerCheck } from "./commands/check.js";

/** Options as the command line would have them, with its defaults. */
function optionsOf(args: readonly string[]): CheckOptions {
  const program = new Command();
  registerCheck(program);
  const command = program.commands[0]!.commands.find((one) => one.name() === "model")!;
  command
    .exitOverride()
    .parseOptions([...args, ...(args.includes("--on") ? [] : ["--on", "DGX H100"])]);
  return command.opts();
}

/** What is said to be wrong, with names that would do. */
async function refusalOf(name: string, args: readonly string[]): Promise<string> {
  try {
    const options = optionsOf(args);
    await namedPlace(options, createCatalogue());
    fitQuestion(await namedModel(name), options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems
      .map(({ file, message, suggestion, allowed, help }) =>
        [file, message, suggestion, ...(allowed ?? []), help].join(" "),
      )
      .join("\n");
  }
  return "";
}

describe("bad input of check model", () => {
  test("nothing is wrong with a plain question", async () => {
    expect(await refusalOf("phi-4", [])).toBe("");
  });

  test.each([
    [
      "an unknown model",
      ["llama-3.3-70b-instrct"],
      /there is no model "llama-3\.3-70b-instrct"; near are .*llama-3\.3-70b-instruct/,
    ],
    ["a model without a config", ["acme/tiny"], /give its config\.json as a file/],
    [
      "an unknown machine",
      ["phi-4", "--on", "Standard_NC24ads_A100_v5"],
      /no machine, instance type or GPU.*Standard_NC24ads_A100_v4/s,
    ],
    ["an open GPU name", ["phi-4", "--on", "A100"], /fits several GPUs|A100/],
    ["a file that is not there", ["phi-4", "--on", "nowhere.yaml"], /nowhere\.yaml/],
    ["an unknown goal", ["phi-4", "--slo", "ttft=1s"], /there is no goal "ttft"/],
    ["a prompt of nothing", ["phi-4", "--prompt", "0"], /--prompt.*whole number from 1/s],
    [
      "more than the context",
      ["phi-4", "--prompt", "20000"],
      /exceed the 16384 of microsoft\/phi-4/,
    ],
    ["heads not divided", ["phi-4", "--tensor-parallel", "3"], /must divide the 40 heads/],
    ["an unknown profile", ["phi-4", "--on", "H100", "--mig", "9g.1gb"], /no profile "9g\.1gb"/],
    ["no link", ["phi-4", "--link", "fast"], /such as 16GB\/s,20us/],
    ["an unknown rule", ["phi-4", "--cache-rule", "kaitoo"], /there is no "kaitoo".*kaito/s],
    ["a share above one", ["phi-4", "--memory-utilization", "90"], /at most 1, got "90"/],
    [
      "goals without speed",
      ["nvidia/NVIDIA-Nemotron-Nano-9B-v2", "--slo", "tpot-p95=1s"],
      /no speed is known/,
    ],
  ] as [string, string[], RegExp][])("%s", async (_, [name, ...args], message) => {
    expect(await refusalOf(name!, args)).toMatch(message);
  });
});
