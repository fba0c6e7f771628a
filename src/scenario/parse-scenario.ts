import type { LocatedMap } from "../diagnostics/located-node.js";
import { childOf, plainValue } from "../diagnostics/located-node.js";
import type { Problem } from "../diagnostics/problem.js";
import { InputError } from "../diagnostics/problem.js";
import { sortProblems } from "../diagnostics/render-problems.js";
import type { ScenarioOverlay } from "./apply-overlays.js";
import { applyOverlays, applyVariant } from "./apply-overlays.js";
import type { CheckContext, VariantPlace } from "./check-context.js";
import { createCheckContext } from "./check-context.js";
import { checkCluster } from "./checks/check-cluster.js";
import { checkFaults } from "./checks/check-faults.js";
import { checkGoals } from "./checks/check-goals.js";
import { checkHosting } from "./checks/check-hosting.js";
import { checkJobTerms } from "./checks/check-job-terms.js";
import { checkPlan } from "./checks/plan-check.js";
import { checkPartitioning } from "./checks/check-partitioning.js";
import { checkPolicy } from "./checks/check-policy.js";
import { checkReserved } from "./checks/check-reserved.js";
import { checkPowerAndCost } from "./checks/check-power-and-cost.js";
import { checkQuotas } from "./checks/check-quotas.js";
import { checkServices } from "./checks/check-services.js";
import { checkRun, isRandom } from "./checks/check-run.js";
import { checkTopology } from "./checks/check-topology.js";
import { checkFilePath, checkWorkload, type FileChecks } from "./checks/check-workload.js";
import { checkDuplicates } from "./checks/duplicates.js";
import { LIMITS } from "./defaults.js";
import type { ScenarioTexts } from "./document.js";
import { readCalibrationsOf, type ScenarioCalibration } from "./calibration/read-calibrations.js";
import { amendUnknownMachines, readCatalogueOf } from "./catalogue/read-catalogue.js";
import { mayReadDefault, readDocument } from "./document.js";
import type { ScenarioFormat } from "./format.js";
import { scenarioFormat } from "./format.js";
import { reportIssues } from "./report-issues.js";
import { serviceReferences, type ServiceReference } from "./resolve-services.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";
import { SCENARIO_SCHEMA } from "./schema/scenario-schema.js";
import type { Assumption } from "./resolved.js";
import type { FileReference, TraceReference } from "./trace-reference.js";
import { fileReference, traceReference } from "./trace-reference.js";

/** What a scenario is read from. */
export interface ParseOptions extends ScenarioTexts {
  /** Values from the command line, laid over the scenario in their order. */
  readonly overlays?: readonly ScenarioOverlay[];
  /** Text of a catalogue that the scenario names; absent where no files can be read. */
  readonly catalogueText?: (reference: FileReference) => string;
  /** Names the scenario may use; those of this version of Headroom when absent. */
  readonly format?: ScenarioFormat;
}

/** The base, or the base with one variant laid over it; checked. */
export interface ParsedConfiguration {
  /** undefined for the base. */
  readonly name: string | undefined;
  /** What the variant sets, by written path; empty for the base. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly spec: ScenarioSpec;
  readonly trace: TraceReference | undefined;
  /** Parameters of a synthetic workload. */
  readonly parameters: FileReference | undefined;
  /** Files of the services, in their order. */
  readonly services: readonly ServiceReference[];
  /** What was taken from a catalogue of the user's own. */
  readonly given: readonly Assumption[];
  /** Measured figures of GPUs. */
  readonly calibrations: readonly ScenarioCalibration[];
}

/** A scenario that was found to be in order. */
export interface ParsedScenario {
  readonly file: string;
  readonly spec: ScenarioSpec;
  readonly base: ParsedConfiguration;
  readonly variants: readonly ParsedConfiguration[];
  /** Files that were extended, nearest first. */
  readonly extended: readonly string[];
  /** Traces of the base and the variants, each file once. */
  readonly traces: readonly TraceReference[];
  /** A backtest that speaks for this simulation. */
  readonly backtest: FileReference | undefined;
  /** What is allowed and probably not meant; same form as problems. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads and checks a scenario.
 *
 * Pure: texts of extended files are handed in (`missingExtends` says which), traces are only named (`fileFault` may say that one is not there).
 *
 * @throws InputError with all problems at once, sorted by position
 */
export function parseScenario(options: ParseOptions): ParsedScenario {
  const format = options.format ?? scenarioFormat();
  const files: FileChecks = {
    mayRead: options.mayRead ?? mayReadDefault(options.file),
    fileFault: options.fileFault ?? (() => undefined),
  };
  const document = readDocument(options, format.fields);
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const root = applyOverlays(document.root, options.overlays ?? [], format.fields, problems);

  const check = (
    configuration: LocatedMap,
    variant: VariantPlace | undefined,
  ): Checked | undefined => {
    const { fields } = format;
    const { catalogueText } = options;
    const catalogueFiles = { ...files, ...(catalogueText === undefined ? {} : { catalogueText }) };
    const own = readCatalogueOf(configuration, catalogueFiles, problems);
    const calibrations = readCalibrationsOf(own.root, catalogueFiles, problems);
    const foundBefore = problems.length;
    const context = createCheckContext({
      root: own.root,
      fields,
      variant,
      problems,
      warnings,
    });
    const checked = checkConfiguration(context, format, files);
    amendUnknownMachines(problems, foundBefore, own);
    return checked === undefined ? undefined : { ...checked, given: own.assumptions, calibrations };
  };

  const base = check(root, undefined);
  const baseIsBroken = problems.length > 0;
  const variants = variantsOf(root, baseIsBroken).map(({ place, set }) => {
    const configuration = applyVariant(withoutVariants(root), place, set, format.fields, problems);
    return { place, set, checked: check(configuration, place) };
  });
  if (base !== undefined) {
    checkAllNodes(base, variants, root, format, problems);
    checkRandomness(base, variants, root, format, problems);
    checkPlan({ root, fields: format.fields, spec: base.spec, problems, warnings });
  }
  if (problems.length > 0) throw new InputError(sortProblems(problems));

  const parsed = (
    checked: Checked | undefined,
    name?: string,
    set?: LocatedMap,
  ): ParsedConfiguration => {
    if (checked === undefined)
      throw new Error("scenario: the schema refused a value and gave no problem");
    const plainSet = set === undefined ? {} : (plainValue(set) as Record<string, unknown>);
    return { name, set: plainSet, ...checked };
  };
  const baseConfiguration = parsed(base);
  const variantConfigurations = variants.map(({ place, set, checked }) =>
    parsed(checked, place.name, set),
  );
  return {
    file: options.file,
    spec: baseConfiguration.spec,
    base: baseConfiguration,
    variants: variantConfigurations,
    extended: document.extended,
    traces: tracesOf([baseConfiguration, ...variantConfigurations]),
    backtest: fileReference(root, ["trust", "backtest"]),
    warnings: sortProblems(warnings),
  };
}

interface Checked extends CheckedValues {
  readonly given: readonly Assumption[];
  readonly calibrations: readonly ScenarioCalibration[];
}

interface CheckedValues {
  readonly spec: ScenarioSpec;
  readonly trace: TraceReference | undefined;
  readonly parameters: FileReference | undefined;
  readonly services: readonly ServiceReference[];
}

function checkConfiguration(
  context: CheckContext,
  format: ScenarioFormat,
  files: FileChecks,
): CheckedValues | undefined {
  if (isOtherVersion(context)) return undefined;
  const result = format.schema.safeParse(context.plain);
  if (!result.success) reportIssues(context, result.error.issues);
  const trace = traceReference(context.root);
  const parameters = fileReference(context.root, ["workload", "generate"]);
  const backtest = fileReference(context.root, ["trust", "backtest"]);
  checkCluster(context);
  checkTopology(context);
  checkPartitioning(context);
  checkWorkload(context, trace, files);
  if (parameters !== undefined) {
    checkFilePath(context, ["workload", "generate"], parameters, files);
  }
  if (backtest !== undefined) checkFilePath(context, ["trust", "backtest"], backtest, files);
  checkJobTerms(context);
  checkGoals(context);
  checkPolicy(context);
  if (result.success) {
    checkQuotas(context, result.data);
    checkFaults(context, result.data);
    checkReserved(context, result.data);
    checkHosting(context, result.data);
    checkPowerAndCost(context, result.data);
  }
  const services = serviceReferences(context.root);
  checkServices(context, result.success ? result.data : undefined, services, files);
  checkRun(context);
  checkDuplicates(context, ["variants"], { key: "name", what: "variant name" });
  return result.success ? { spec: result.data, trace, parameters, services } : undefined;
}

/** A file of another version is refused as a whole: judging its fields by this one would mislead. */
function isOtherVersion(context: CheckContext): boolean {
  const written = context.valueAt(["schema"]);
  if (typeof written !== "string" || written === SCENARIO_SCHEMA) return false;
  if (/^headroom\/fleet\/v\d+$/.test(written)) {
    context.report({
      path: ["schema"],
      rule: "unknown-name",
      message: "the file is a fleet, and a scenario is needed here",
      help: "docs/fleet.md says what can be asked about fleets; headroom run simulates one",
    });
    return true;
  }
  if (!/^headroom\/scenario\/v\d+$/.test(written)) return false;
  context.report({
    path: ["schema"],
    rule: "unknown-name",
    message: `the scenario is written in "${written}", and this version of Headroom reads ${SCENARIO_SCHEMA}`,
  });
  return true;
}

/** The variants that can be laid over the base; broken ones are reported with the base. */
function variantsOf(
  root: LocatedMap,
  baseIsBroken: boolean,
): readonly { readonly place: VariantPlace; readonly set: LocatedMap }[] {
  const list = root.entries.get("variants");
  if (list?.kind !== "list") return [];
  return list.items.slice(0, LIMITS.variantsMax).flatMap((item) => {
    const name = childOf(item, "name");
    const set = childOf(item, "set");
    if (name?.kind !== "scalar" || typeof name.value !== "string" || set?.kind !== "map") return [];
    const place = { name: name.value, origin: name.origin, onlyOwnValues: baseIsBroken };
    return [{ place, set }];
  });
}

function withoutVariants(root: LocatedMap): LocatedMap {
  const entries = new Map(root.entries);
  entries.delete("variants");
  return { ...root, entries };
}

/** All configurations are built before the first one runs, so their nodes are counted together. */
function checkAllNodes(
  base: Checked,
  variants: readonly { readonly checked: Checked | undefined }[],
  root: LocatedMap,
  format: ScenarioFormat,
  problems: Problem[],
): void {
  const count = (checked: Checked | undefined): number =>
    (checked?.spec.cluster.nodes ?? []).reduce((sum, group) => sum + group.count, 0);
  const total = variants.reduce((sum, { checked }) => sum + count(checked), count(base));
  if (total <= LIMITS.nodesInAllVariantsMax) return;
  const context = createCheckContext({
    root,
    fields: format.fields,
    variant: undefined,
    problems,
    warnings: [],
  });
  context.report({
    path: ["variants"],
    part: "key",
    rule: "too-many-nodes",
    message: `the base and its variants have ${total} nodes together, at most ${LIMITS.nodesInAllVariantsMax} are simulated`,
  });
}

/** Replications of a scenario in which nothing is drawn would be the same run again and again. */
function checkRandomness(
  base: Checked,
  variants: readonly { readonly checked: Checked | undefined }[],
  root: LocatedMap,
  format: ScenarioFormat,
  problems: Problem[],
): void {
  const replications = base.spec.run?.replications ?? 1;
  const all = [base, ...variants.map(({ checked }) => checked)];
  if (replications === 1 || all.some((one) => one === undefined || isRandom(one.spec))) return;
  const context = createCheckContext({
    root,
    fields: format.fields,
    variant: undefined,
    problems,
    warnings: [],
  });
  context.report({
    path: ["run", "replications"],
    rule: "nothing-random",
    message: `run.replications asks for ${replications} runs, and nothing in the scenario is random: with the same jobs under the same rules every run would be the same, and its interval would have no width`,
    help: "leave run.replications out, or draw the jobs with workload.generate, scale them with workload.load, or let things fail with faults",
  });
}

function tracesOf(configurations: readonly ParsedConfiguration[]): readonly TraceReference[] {
  const byPath = new Map<string, TraceReference>();
  for (const { trace } of configurations) {
    if (trace !== undefined && !byPath.has(trace.path)) byPath.set(trace.path, trace);
  }
  return [...byPath.values()];
}
