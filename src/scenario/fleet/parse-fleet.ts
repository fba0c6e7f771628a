import { plainValue } from "../../diagnostics/located-node.js";
import type { Problem } from "../../diagnostics/problem.js";
import { InputError } from "../../diagnostics/problem.js";
import { sortProblems } from "../../diagnostics/render-problems.js";
import type { ScenarioOverlay } from "../apply-overlays.js";
import { applyOverlays } from "../apply-overlays.js";
import { createCheckContext, type CheckContext } from "../check-context.js";
import { mayReadDefault, readDocument, type ScenarioTexts } from "../document.js";
import { reportIssues } from "../report-issues.js";
import { checkClusterPlaces } from "./checks/check-cluster-places.js";
import { checkClusters } from "./checks/check-clusters.js";
import { checkFleetGoals } from "./checks/check-fleet-goals.js";
import { checkFleetPlan } from "./checks/check-fleet-plan.js";
import { checkFleetJobs } from "./checks/check-fleet-jobs.js";
import { checkFleetRun } from "./checks/check-fleet-run.js";
import { checkFleetTraces, type FleetTraceReference } from "./checks/check-fleet-traces.js";
import { checkFleetServices } from "./checks/check-fleet-services.js";
import { checkRollouts } from "./checks/check-rollouts.js";
import { checkSites } from "./checks/check-sites.js";
import { checkUpgrades } from "./checks/check-upgrades.js";
import { fleetFormat } from "./fleet-format.js";
import { namesInFleet, type FleetNames } from "./fleet-names.js";
import { FLEET_SCHEMA, type FleetDocument } from "./schema/fleet-schema.js";

/** What a fleet is read from. */
export interface ParseFleetOptions extends ScenarioTexts {
  /** Values from the command line, laid over the file in their order. */
  readonly overlays?: readonly ScenarioOverlay[];
}

/** A fleet that was found to be in order. */
export interface ParsedFleet {
  readonly file: string;
  readonly spec: FleetDocument;
  /** Files that were extended, nearest first. */
  readonly extended: readonly string[];
  /** Files that jobs are to be read from. */
  readonly traces: readonly FleetTraceReference[];
  /** Names that people made up, those included that what was laid over the file took away. */
  readonly names: FleetNames;
  /** What is allowed and probably not meant; same form as problems. */
  readonly warnings: readonly Problem[];
}

/**
 * Checks beyond the schema, in the order of their problems' sections. Each sees the whole document; the second
 * argument is there when the schema accepted all of it.
 */
const CHECKS: readonly ((context: CheckContext, spec: FleetDocument | undefined) => void)[] = [
  checkFleetRun,
  checkSites,
  checkFleetServices,
  checkRollouts,
  checkUpgrades,
  checkClusters,
  checkFleetJobs,
  checkFleetGoals,
  checkFleetPlan,
  checkClusterPlaces,
];

/**
 * Reads and checks a fleet.
 *
 * Pure: texts of extended files are handed in (`missingExtends` says which).
 *
 * @throws InputError with all problems at once, sorted by position
 */
export function parseFleet(options: ParseFleetOptions): ParsedFleet {
  const { schema, fields } = fleetFormat();
  const document = readDocument(options, fields);
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const root = applyOverlays(document.root, options.overlays ?? [], fields, problems);
  const context = createCheckContext({ root, fields, variant: undefined, problems, warnings });
  if (isOtherKind(context)) throw new InputError(problems.map(asFleet));
  const result = schema.safeParse(context.plain);
  if (!result.success) reportIssues(context, result.error.issues);
  const traces = checkFleetTraces(context, {
    mayRead: options.mayRead ?? mayReadDefault(options.file),
    fileFault: options.fileFault ?? (() => undefined),
  });
  for (const check of CHECKS) check(context, result.success ? result.data : undefined);
  if (problems.length > 0) throw new InputError(sortProblems(problems.map(asFleet)));
  if (!result.success) throw new Error("fleet: the schema refused a value and gave no problem");
  return {
    file: options.file,
    spec: result.data,
    extended: document.extended,
    traces,
    names: namesInFleet([plainValue(document.root), context.plain]),
    warnings: sortProblems(warnings.map(asFleet)),
  };
}

/** A file of another kind or version is refused as a whole: judging its fields by this one would mislead. */
function isOtherKind(context: CheckContext): boolean {
  const written = context.valueAt(["schema"]);
  if (typeof written !== "string" || written === FLEET_SCHEMA) return false;
  if (!/^headroom\/[a-z-]+\/v\d+$/.test(written)) return false;
  context.report({
    path: ["schema"],
    rule: "unknown-name",
    message: `the file is written in "${written}", and fleets are read in ${FLEET_SCHEMA}`,
  });
  return true;
}

/** Messages shared with scenarios speak of scenarios, and send people to `headroom explain` of scenarios. */
function asFleet(problem: Problem): Problem {
  const { help, message } = problem;
  return {
    ...problem,
    message: message.replaceAll("the scenario", "the fleet"),
    ...(help === undefined
      ? {}
      : {
          help: help
            .replace(
              /^headroom explain( "?)?/,
              (_, rest: string | undefined) => `headroom explain fleet${rest ?? ""}`,
            )
            .replace("headroom/scenario/v1", FLEET_SCHEMA),
        }),
  };
}
