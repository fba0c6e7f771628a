// Makes docs/reference/cli.md from the command tree, so that the reference is what --help prints.
import { createProgram } from "../dist/cli/main.js";

/** Every command with its help, as Markdown. */
export async function cliReference() {
  const program = await createProgram();
  const parts = [
    "# Command line",
    "Generated from the commands by `npm run docs:generate`; do not edit.",
    section(program, "headroom"),
    ...program.commands.flatMap((command) => sections(command, "headroom")),
  ];
  return `${parts.join("\n\n")}\n`;
}

function sections(command, parent) {
  const name = `${parent} ${command.name()}`;
  return [section(command, name), ...command.commands.flatMap((child) => sections(child, name))];
}

function section(command, name) {
  let text = "";
  command.configureOutput({
    writeOut: (chunk) => (text += chunk),
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return `## ${name}\n\n\`\`\`\n${text.trimEnd()}\n\`\`\``;
}
