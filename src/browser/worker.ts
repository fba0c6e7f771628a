/*
 * The simulator in a worker of a report's page: the same code as `headroom run`, over the files that the page
 * carries.
 */
import { config } from "zod";

import { InputError } from "../diagnostics/problem.js";
import { loadScenario } from "../io/load-scenario.js";
import { resultText } from "../studies/run/result-text.js";
import { runScenario } from "../studies/run/run-scenario.js";
import { whatIfOutcome, type WhatIfOutcome } from "../studies/what-if/what-if-figures.js";
import { addFile } from "./virtual-files.js";

// A page's policy forbids code made from text, and asking whether it does would be an error in the console.
config({ jitless: true });

/** What a page says to its worker: first the files, then one question after the other. */
export type WhatIfRequest =
  | {
      readonly kind: "files";
      readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
    }
  | {
      readonly kind: "run";
      readonly id: number;
      readonly path: string;
      /** As after `--set`. */
      readonly sets: readonly string[];
      readonly seed?: number;
    };

/** What the worker answers. */
export type WhatIfAnswer =
  | {
      readonly kind: "result";
      readonly id: number;
      /** The bytes of result.json. */
      readonly text: string;
      readonly outcome: WhatIfOutcome;
    }
  | { readonly kind: "problems"; readonly id: number; readonly messages: readonly string[] };

interface WorkerScope {
  onmessage: ((event: { readonly data: WhatIfRequest }) => void) | null;
  postMessage(answer: WhatIfAnswer): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data }) => {
  if (data.kind === "files") for (const { path, bytes } of data.files) addFile(path, bytes);
  else void answer(data).then((reply) => scope.postMessage(reply));
};

async function answer(request: WhatIfRequest & { readonly kind: "run" }): Promise<WhatIfAnswer> {
  const { id, path, sets, seed } = request;
  try {
    const loaded = await loadScenario({ path, sets, ...(seed === undefined ? {} : { seed }) });
    const { document } = runScenario(loaded);
    return { kind: "result", id, text: resultText(document), outcome: whatIfOutcome(document) };
  } catch (error) {
    const messages =
      error instanceof InputError
        ? error.problems.map(({ message }) => message)
        : [`a defect in Headroom: ${error instanceof Error ? error.message : String(error)}`];
    return { kind: "problems", id, messages };
  }
}
