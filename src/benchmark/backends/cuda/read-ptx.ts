import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { BackendError } from "../../backend.js";
import type { ModuleName } from "./kernel-plan.js";

/** Beside this module, in `src/` as in `dist/` and in a bundle. */
const FOLDER = new URL("./ptx/", import.meta.url);

/**
 * Text of a module as it goes to the driver.
 *
 * @param folder where the texts lie, with a slash at its end
 * @throws BackendError when the file is missing, which happens to a program that was copied in part
 */
export async function readPtx(module: ModuleName, folder: URL = FOLDER): Promise<string> {
  const file = new URL(`${module}.ptx`, folder);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const cause = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new BackendError(
      "unavailable",
      `the kernels ${module} of this Headroom cannot be read: ${fileURLToPath(file)}: ${cause}; build or bundle it again (npm run build, headroom bench bundle)`,
    );
  }
}
