import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Where reference data is looked for: the folder given, else HEADROOM_DATA, else `../shared/data` beside
 * this project. The data is not part of the project: it keeps its own licences.
 */
export function referenceDataFolder(given?: string): string {
  if (given !== undefined) return given;
  const fromEnvironment = process.env["HEADROOM_DATA"];
  if (fromEnvironment !== undefined && fromEnvironment !== "") return fromEnvironment;
  const projectRoot = fileURLToPath(new URL("../../../", import.meta.url));
  return join(projectRoot, "..", "shared", "data");
}
