import { existsSync } from "node:fs";
import { join } from "node:path";

import { referenceDataFolder } from "../../src/studies/validate/data-folder.js";

/**
 * Reference data for a test file, or undefined when it is not on this machine.
 *
 * The data is not part of the repository. Without it the exact checks are counted as skipped, in words,
 * never as passed; HEADROOM_REQUIRE_DATA=1 turns absence into a failure.
 *
 * @param needs paths inside the data folder
 * @param checks how many checks are skipped without it
 */
export function findReferenceData(needs: readonly string[], checks: number): string | undefined {
  const folder = referenceDataFolder();
  const absent = needs.map((path) => join(folder, path)).filter((path) => !existsSync(path));
  if (absent.length === 0) return folder;
  if (process.env["HEADROOM_REQUIRE_DATA"] === "1") {
    throw new Error(`HEADROOM_REQUIRE_DATA is set and there is no ${absent.join(", ")}`);
  }
  console.warn(`${checks} reference checks skipped: no data (${absent.join(", ")})`);
  return undefined;
}
