import { InputError } from "../diagnostics/problem.js";
import { decodeText } from "../diagnostics/decode-text.js";
import type { ResolvedConfiguration } from "../scenario/resolved.js";
import type { FileReference } from "../scenario/trace-reference.js";
import type { WorkloadParameters } from "../workload/synthetic/parameters.js";
import { parseWorkloadParameters } from "../workload/synthetic/parse-parameters.js";
import { readBytes } from "./read-file.js";
import type { LoadedFile } from "./scenario-texts.js";

/** Parameters of a synthetic workload, and the file they were read from. */
export interface LoadedParameters {
  readonly parameters: WorkloadParameters;
  readonly file: LoadedFile;
}

/**
 * Reads the parameters of every synthetic workload the configurations name, each file once, by its path.
 *
 * @throws InputError when a file cannot be read or holds no such parameters
 */
export async function readScenarioParameters(
  configurations: readonly ResolvedConfiguration[],
): Promise<ReadonlyMap<string, LoadedParameters>> {
  const loaded = new Map<string, LoadedParameters>();
  for (const { workload } of configurations) {
    if (workload.kind !== "generate" || loaded.has(workload.parameters.path)) continue;
    const { text, file } = await readNamedFile(workload.parameters, "workload.generate");
    const parameters = parseWorkloadParameters(workload.parameters.path, text);
    loaded.set(workload.parameters.path, { parameters, file });
  }
  return loaded;
}

/**
 * Reads a text file that a scenario names.
 *
 * @param field the field that names it, for messages
 * @throws InputError at the place where it is named, when it cannot be read
 */
export async function readNamedFile(
  reference: FileReference,
  field: string,
): Promise<{ readonly text: string; readonly file: LoadedFile }> {
  try {
    const { bytes, sha256 } = await readBytes(reference.path);
    const text = decodeText(reference.path, bytes);
    return { text, file: { path: reference.written, sha256 } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.problems.map((problem) =>
        problem.rule === "file"
          ? {
              ...problem,
              ...reference.place,
              path: field,
              message: `${field} ${reference.written} ${problem.message}`,
            }
          : problem,
      ),
    );
  }
}
