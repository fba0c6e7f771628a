import { loadScenario } from "../../io/load-scenario.js";
import { runScenario } from "../../studies/run/run-scenario.js";
import type { WhatIfControl } from "../../studies/what-if/what-if-controls.js";
import { createWhatIfPart, type WhatIfAnswer } from "./what-if-part.js";

/** A configuration of a study that a reader may change in its page. */
export interface LiveConfiguration {
  /** Path of the scenario as the command line has it. */
  readonly path: string;
  /** As after `--set`. */
  readonly sets: readonly string[];
  readonly seed?: number;
  readonly allowedFolders: readonly string[];
  /** What the study varied. */
  readonly controls?: readonly WhatIfControl[];
  /** Other configurations to start from. */
  readonly starts?: readonly { readonly name: string; readonly sets: readonly string[] }[];
}

/**
 * Runs the configuration once, as the page will, so that the page's first figures and its later ones are of the
 * same kind: a study's own are means over many runs.
 */
export async function createLivePart(live: LiveConfiguration): Promise<WhatIfAnswer> {
  const { path, seed, allowedFolders } = live;
  const sets = [...live.sets, "variants=null"];
  const given = seed === undefined ? {} : { seed };
  const loaded = await loadScenario({ path, sets, allowedFolders, ...given });
  return createWhatIfPart({
    path,
    sets,
    ...given,
    inputs: loaded.inputs,
    configuration: loaded.base.resolved,
    result: runScenario(loaded).document,
    ...(live.controls === undefined ? {} : { controls: live.controls }),
    ...(live.starts === undefined ? {} : { starts: live.starts }),
  });
}
