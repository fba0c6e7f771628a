import type { CompareDesign } from "./compare-document.js";
import type { CompareRequest } from "./compare-request.js";
import type { Sight } from "./look-at.js";
import { planLooks, type Look } from "./looks.js";

/** How a comparison looks at its figures. */
export interface Looking<S> {
  /** False when no configuration draws anything: one run of each tells all. */
  readonly isDrawn: boolean;
  /** Whether the time for looks is over; asked between two looks. */
  isTimeUp(): boolean;
  /** Runs what a look needs, and judges it. */
  lookAt(look: Look): Promise<S>;
}

/**
 * Adds replications look by look until every metric that decides and every goal is decided, the most allowed are run or
 * the time is up.
 *
 * @returns what the last look showed, and the design as far as looking decides it
 */
export async function takeLooks<S extends Pick<Sight, "look" | "differences" | "goals">>(
  request: Omit<CompareRequest, "configurations" | "isIndependent">,
  { isDrawn, isTimeUp, lookAt }: Looking<S>,
): Promise<{ readonly sight: S; readonly design: Omit<CompareDesign, "streams" | "warmUp"> }> {
  const { replicationsMax, confidence, isFixed, indifferenceShare } = request;
  const looks = isDrawn
    ? planLooks(replicationsMax, confidence, isFixed)
    : [{ replications: 1, alpha: 1 - confidence }];
  const taken: Look[] = [];
  let stopped: CompareDesign["stopped"] = isDrawn ? "replications" : "one run";
  let sight: S | undefined;
  for (const look of looks) {
    sight = await lookAt(look);
    taken.push(look);
    if (isDrawn && isDecided(sight)) {
      stopped = "decided";
      break;
    }
    if (look !== looks.at(-1) && isTimeUp()) {
      stopped = "time";
      break;
    }
  }
  const design = {
    replications: sight!.look.replications,
    replicationsMax: isDrawn ? replicationsMax : 1,
    confidence,
    looks: taken,
    looksPlanned: looks.length,
    stopped,
    indifferenceShare,
  };
  return { sight: sight!, design };
}

/** Whether more replications could change no verdict. */
function isDecided({ differences, goals }: Pick<Sight, "differences" | "goals">): boolean {
  return [...differences.flat(), ...goals.flat()].every(({ verdict }) => verdict !== "not shown");
}
