import { checkOutputFolder } from "../io/output-folder.js";
import { refuseFiguresAsNames } from "../report/redact/fleet-redactor.js";
import type { PrivateNames } from "../report/redact/redactor.js";
import { parseSetArgument } from "../scenario/apply-overlays.js";
import { fleetFormat } from "../scenario/fleet/fleet-format.js";
import { createScenarioPool } from "../studies/pool/scenario-pool.js";
import { loadFleetSensitivity } from "../studies/sensitivity/load-fleet-sensitivity.js";
import { runSensitivity } from "../studies/sensitivity/run-sensitivity.js";
import type { SensitivityDocument } from "../studies/sensitivity/sensitivity-document.js";
import { withWrittenValues } from "../studies/sensitivity/written-values.js";
import { defaultReportFolder } from "./report-folder.js";
import { factorsOf, REPORT_FILES, type SensitivityOptions } from "./sensitivity-options.js";
import { threadsOf } from "./study-options.js";
import type { ProgressLine } from "./terminal.js";

/** A study that was done and is to be written. */
export interface StudiedSensitivity {
  readonly document: SensitivityDocument;
  /** Everybody whom its report could name. */
  readonly names: Partial<PrivateNames>;
  /** Where it is to be written; undefined for nowhere. */
  readonly out: string | undefined;
}

/** Reads a fleet, varies and simulates it; nothing is written yet. */
export async function studyFleet(
  path: string,
  options: SensitivityOptions,
  { progress, signal }: { readonly progress: ProgressLine; readonly signal: AbortSignal },
): Promise<StudiedSensitivity> {
  progress.show(`reading ${path}`);
  const { set, allowPath, seed, metric, replications, global = 0 } = options;
  const overlays = set.map(parseSetArgument);
  const pool = createScenarioPool({ threads: threadsOf(options), signal });
  try {
    const { request, loaded } = await loadFleetSensitivity(
      {
        unit: { path, overlays, allowedFolders: allowPath },
        ...(seed === undefined ? {} : { seed }),
        ...(metric === undefined ? {} : { metric }),
        ...(replications === undefined ? {} : { replications }),
        trajectories: global,
        factorsOf: (own) => {
          const factors = factorsOf(options, options.only === true ? [] : own);
          return withWrittenValues(factors, path, overlays, allowPath, fleetFormat().fields);
        },
        onProgress: (runs) => {
          if (!signal.aborted) progress.show(`${runs} simulations`);
        },
      },
      pool,
    );
    const { names, name } = loaded.fleet;
    if (options.redact === true) refuseFiguresAsNames(names, path);
    const out =
      options.out ?? (options.json ? undefined : defaultReportFolder(`sensitivity-${name}`));
    if (out !== undefined) checkOutputFolder(out, REPORT_FILES);
    const document = { ...(await runSensitivity(request)), names };
    return { document, names: { files: [path, ...allowPath] }, out };
  } finally {
    await pool.close();
  }
}
