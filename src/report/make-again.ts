import type { ReportBlock } from "./block.js";

/**
 * The command that makes the same report again, as a block to copy from; nothing where there is none.
 *
 * @param reproduce the command first, then its version and hashes
 */
export function makeAgain([command]: readonly string[]): readonly ReportBlock[] {
  if (command === undefined) return [];
  return [{ kind: "commands", label: "Make this report again", lines: [command] }];
}
