import { InputError } from "../../diagnostics/problem.js";
import { isFleetFile } from "../../io/load-fleet.js";

/**
 * Says that a study does not take fleets, where the file is one.
 *
 * @throws InputError when it is
 */
export async function refuseFleet(
  command: string,
  path: string,
  allowedFolders: readonly string[],
): Promise<void> {
  if (!(await isFleetFile(path, allowedFolders))) return;
  throw new InputError([
    {
      file: path,
      rule: "conflicting-fields",
      path: "schema",
      message: `is a fleet, and headroom ${command} takes scenarios of one cluster only`,
      help: "fleets are taken by run, compare, plan and sweep",
    },
  ]);
}
