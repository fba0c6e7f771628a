import { createHash } from "node:crypto";

import { decodeText } from "../diagnostics/decode-text.js";
import { InputError } from "../diagnostics/problem.js";
import { missingExtends, type ScenarioTexts } from "../scenario/document.js";
import { readBytes } from "./read-file.js";
import { mayReadFrom } from "./scenario-root.js";

/** A scenario has at most a million characters, of at most four bytes each. */
const SCENARIO_SIZE = {
  bytesMax: 4_000_000,
  help: "move long lists of jobs into a trace file and name it in workload.trace",
};

/** A file that was read, by the path a person wrote. */
export interface LoadedFile {
  readonly path: string;
  readonly sha256: string;
}

/** A text that was handed in is an input like one that was read. */
function takeGiven(path: string, text: string, inputs: LoadedFile[]): string {
  inputs.push({ path, sha256: createHash("sha256").update(text).digest("hex") });
  return text;
}

/**
 * Reads a scenario and every file it extends.
 *
 * @param allowedFolders folders beside the project that the scenario may read from
 * @param given text of the scenario in place of what stands at the path
 * @throws InputError when one of them cannot be read
 */
export async function readScenarioTexts(
  path: string,
  allowedFolders: readonly string[] = [],
  given?: string,
): Promise<{ readonly texts: ScenarioTexts; readonly inputs: readonly LoadedFile[] }> {
  const inputs: LoadedFile[] = [];
  const read = async (file: string): Promise<string> => {
    const { bytes, sha256 } = await readBytes(file, SCENARIO_SIZE);
    inputs.push({ path: file, sha256 });
    return decodeText(file, bytes);
  };
  const extended = new Map<string, string>();
  const texts: ScenarioTexts = {
    file: path,
    text: given === undefined ? await read(path) : takeGiven(path, given, inputs),
    texts: extended,
    mayRead: mayReadFrom(path, allowedFolders),
  };
  for (let needed = missingExtends(texts); needed !== undefined; needed = missingExtends(texts)) {
    const { path: file, place } = needed;
    try {
      extended.set(file, await read(file));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(
        error.problems.map((problem) =>
          // A fault inside the file is shown there, one of the file as a whole where it is named.
          problem.rule === "file"
            ? { ...problem, ...place, path: "extends", message: `${file} ${problem.message}` }
            : problem,
        ),
      );
    }
  }
  return { texts, inputs };
}
