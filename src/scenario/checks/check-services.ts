import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import { findDecoder } from "../../performance/llm/known-decoders.js";
import { trafficFaults } from "../../workload/requests/traffic-faults.js";
import type { CheckContext } from "../check-context.js";
import type { ScenarioRule } from "../rules.js";
import { resolveCluster } from "../resolve-cluster.js";
import type { ServiceReference } from "../resolve-services.js";
import type { AutoscalerInput } from "../schema/autoscaler-schema.js";
import type { ScenarioSpec } from "../schema/scenario-schema.js";
import type { ServiceInput } from "../schema/services-schema.js";
import type { TrafficInput } from "../schema/traffic-schema.js";
import { fitFault } from "../services/service-fit.js";
import { modelFault } from "../services/service-model.js";
import { descriptionOf } from "../services/settle-traffic.js";
import { checkAcceptedGpu, gpuNamesOf } from "./check-cluster.js";
import { checkRag } from "./check-rag.js";
import { checkTargets, type ReportAt } from "./check-service-targets.js";
import { checkFilePath, type FileChecks } from "./check-workload.js";
import { checkDuplicates, listAt } from "./duplicates.js";

const SERVICES = ["workload", "services"] as const;
const MODELS = ["model", "manifest", "config"] as const;
const SOURCES = ["trace", "preset", "family", "classes"] as const;
const SCALERS = ["kedaKaito", "keda", "hpa"] as const;
/** A context for checks that no model is asked for. */
const CONTEXT_TOKENS = 131_072;

/** What services need beyond what each field must be alone. */
export function checkServices(
  context: CheckContext,
  spec: ScenarioSpec | undefined,
  references: readonly ServiceReference[],
  files: FileChecks,
): void {
  checkDuplicates(context, SERVICES, { key: "name", what: "service" });
  const gpuNames = gpuNamesOf(context);
  listAt(context, SERVICES).forEach((_, index) => {
    listAt(context, [...SERVICES, index, "gpuModels"]).forEach((__, model) =>
      checkAcceptedGpu(context, [...SERVICES, index, "gpuModels", model], gpuNames),
    );
  });
  references.forEach(({ manifest, config, trace, rag }, index) => {
    const path = [...SERVICES, index];
    if (manifest !== undefined) checkFilePath(context, [...path, "manifest"], manifest, files);
    if (config !== undefined) checkFilePath(context, [...path, "config"], config, files);
    if (trace !== undefined) checkFilePath(context, [...path, "traffic", "trace"], trace, files);
    if (rag !== undefined) checkFilePath(context, [...path, "rag", "manifest"], rag, files);
  });
  spec?.workload.services?.forEach((service, index) => {
    checkService(context, service, [...SERVICES, index]);
  });
  if (spec !== undefined && !context.hasProblems) {
    checkFit(context, spec);
    warnOfTwoPulls(context, spec);
  }
}

/** A virtual machine is taken to pull the image of its first job; a replica pulls its own. */
function warnOfTwoPulls(context: CheckContext, { cluster, workload }: ScenarioSpec): void {
  const pulls = workload.services?.some(
    ({ coldStart }) =>
      coldStart !== "none" && (typeof coldStart !== "object" || coldStart.phases === undefined),
  );
  if (pulls !== true) return;
  cluster.nodes.forEach(({ name, elastic, hosting }, index) => {
    const given =
      elastic?.provisioning ?? (typeof hosting === "object" ? hosting.provisioning : undefined);
    if (elastic === undefined || given !== undefined) return;
    context.warn({
      path: ["cluster", "nodes", index, "elastic"],
      rule: "image-pulled-twice",
      message: `new nodes of ${name} pull an image by their hosting profile, and replicas pull their own: cold starts are too long by the first`,
      help: "give elastic.provisioning without the image, such as node-provisioning 284s and node-initialisation 126s",
    });
  });
}

function checkService(
  context: CheckContext,
  service: ServiceInput,
  path: readonly PathPart[],
): void {
  const report: ReportAt = (field, rule, message, help) => {
    const at = [...path, ...field];
    const text = `${formatPath(at)}${message.startsWith(":") ? "" : " "}${message}`;
    context.report({ path: at, rule, message: text, ...(help === undefined ? {} : { help }) });
  };
  checkOneOf(report, service, MODELS, [], "a model");
  checkModelName(context, service, path);
  checkReplicas(report, service);
  if (service.autoscaler !== undefined) checkAutoscaler(report, service, service.autoscaler);
  checkTraffic(report, service.traffic);
  checkTargets(report, service);
  if (service.rag !== undefined) checkRag(context, report, service.rag, path);
  const { mig, parallelism } = service;
  const gpus = (parallelism?.tensor ?? 1) * (parallelism?.pipeline ?? 1) * (parallelism?.data ?? 1);
  if (mig !== undefined && gpus > 1) {
    const message = `: a replica on MIG has one instance, and parallelism asks for ${gpus}`;
    report(["mig"], "conflicting-fields", message, "instances have no links between them");
  }
}

function checkOneOf(
  report: ReportAt,
  value: object,
  names: readonly string[],
  field: readonly PathPart[],
  what: string,
): void {
  const given = names.filter((name) => (value as Record<string, unknown>)[name] !== undefined);
  const [first, second] = given;
  const all = `${names.slice(0, -1).join(", ")} or ${names.at(-1)!}`;
  if (first === undefined)
    report(field, "missing-field", `has no ${all}: it needs ${what}`, "give one of them");
  else if (second !== undefined)
    report([...field, second], "conflicting-fields", `stands beside ${first}: give one of ${all}`);
}

function checkModelName(
  context: CheckContext,
  { model, name }: ServiceInput,
  path: readonly PathPart[],
): void {
  if (model === undefined) return;
  const found = findDecoder(model);
  if (found.kind === "found") return;
  const { rule, message, suggestion, help } = modelFault(model, found);
  context.report({
    path: [...path, "model"],
    rule: rule as ScenarioRule,
    message: `service ${name}: ${message}`,
    ...(suggestion === undefined ? {} : { suggestion }),
    help,
  });
}

function checkReplicas(report: ReportAt, { replicas, autoscaler, manifest }: ServiceInput): void {
  if (typeof replicas === "number" && autoscaler !== undefined) {
    const message = "is a fixed number, and an autoscaler needs a range";
    report(["replicas"], "conflicting-fields", message, "write replicas: { min: 1, max: 8 }");
  }
  if (typeof replicas !== "object") return;
  const { min = 1, max, initial = min } = replicas;
  if (min > max) report(["replicas", "min"], "out-of-range", `is ${min}, more than max ${max}`);
  else if (initial < min || initial > max)
    report(
      ["replicas", "initial"],
      "out-of-range",
      `must be from min ${min} to max ${max}, got ${initial}`,
    );
  else if (autoscaler === undefined && manifest === undefined && min !== max)
    report(
      ["replicas"],
      "incomplete-fields",
      "is a range, and nothing moves within it",
      "add an autoscaler, or write one number",
    );
}

function checkAutoscaler(
  report: ReportAt,
  { replicas }: ServiceInput,
  autoscaler: AutoscalerInput,
): void {
  checkOneOf(report, autoscaler, SCALERS, ["autoscaler"], "a kind");
  const { hpa, keda, kedaKaito } = autoscaler;
  const min = typeof replicas === "object" ? (replicas.min ?? 1) : 1;
  if (hpa !== undefined && min === 0)
    report(
      ["replicas", "min"],
      "conflicting-fields",
      "is 0, and a HorizontalPodAutoscaler never goes to zero",
      "use keda or kedaKaito, or min: 1",
    );
  kedaKaito?.metrics.forEach(({ up, down }, index) => {
    if (down > up)
      report(
        ["autoscaler", "kedaKaito", "metrics", index, "down"],
        "out-of-range",
        `is ${down}, above up ${up}`,
      );
  });
  const behaviors = [
    ["keda", keda?.behavior],
    ["hpa", hpa?.behavior],
  ] as const;
  for (const [kind, behavior] of behaviors) {
    for (const direction of ["scaleUp", "scaleDown"] as const) {
      behavior?.[direction]?.policies?.forEach(({ pods, percent }, index) => {
        if ((pods === undefined) === (percent === undefined))
          report(
            ["autoscaler", kind, "behavior", direction, "policies", index],
            pods === undefined ? "missing-field" : "conflicting-fields",
            "must have one of pods and percent",
          );
      });
    }
  }
}

function checkTraffic(report: ReportAt, traffic: TrafficInput): void {
  checkOneOf(report, traffic, SOURCES, ["traffic"], "requests");
  const { trace, preset, requestsPerSecond, duration, daily, hourly, classes, variation } = traffic;
  const source = SOURCES.find((name) => traffic[name] !== undefined);
  if (source === undefined) return;
  if (daily !== undefined && hourly !== undefined)
    report(["traffic", "hourly"], "conflicting-fields", "stands beside daily: give one of them");
  if (trace !== undefined) {
    const drawn = { requestsPerSecond, daily, hourly, variation };
    for (const [name, value] of Object.entries(drawn)) {
      if (value !== undefined)
        report(
          ["traffic", name],
          "conflicting-fields",
          "is for requests that are drawn, and a trace has its own times",
          "load makes a trace faster or slower",
        );
    }
    return;
  }
  if (duration === undefined)
    report(
      ["traffic"],
      "missing-field",
      "has no duration: how long do requests come?",
      "add duration: 1h",
    );
  if (preset === undefined && requestsPerSecond === undefined)
    report(
      ["traffic"],
      "missing-field",
      `has no requestsPerSecond, which ${source} needs`,
      "add requestsPerSecond: 1",
    );
  const hasLengths = checkLengths(report, classes ?? []);
  const hasRate = preset !== undefined || requestsPerSecond !== undefined;
  if (
    !hasLengths ||
    !hasRate ||
    duration === undefined ||
    (daily !== undefined && hourly !== undefined)
  )
    return;
  for (const fault of trafficFaults(descriptionOf(traffic, CONTEXT_TOKENS).description))
    report(["traffic"], "bad-traffic", `: ${fault.path.join(".")} ${fault.message}`);
}

function checkLengths(report: ReportAt, classes: NonNullable<TrafficInput["classes"]>): boolean {
  let isRight = true;
  classes.forEach((one, index) => {
    for (const which of ["prompt", "output"] as const) {
      const { fixed, median, sigma, min, max } = one[which];
      const at = ["traffic", "classes", index, which];
      const fault = (rule: ScenarioRule, message: string): void => {
        isRight = false;
        report(at, rule, message, "headroom explain workload.services[].traffic.classes[].prompt");
      };
      if (fixed !== undefined && (median ?? sigma ?? min ?? max) !== undefined)
        fault("conflicting-fields", "has fixed and something beside it");
      else if (fixed === undefined && median === undefined && max === undefined)
        fault("missing-field", "has neither fixed, nor median and sigma, nor min and max");
      else if (median !== undefined && max === undefined)
        fault("missing-field", "has a median and no max: a lognormal length has no end of its own");
      else if (sigma !== undefined && median === undefined)
        fault("incomplete-fields", "has a sigma and no median");
      else if (max !== undefined && (min ?? 1) > max)
        fault("out-of-range", `has min ${min ?? 1} above max ${max}`);
    }
  });
  return isRight;
}

/** Models by name are tried on the machines at once; those of files when the files are read. */
function checkFit(context: CheckContext, spec: ScenarioSpec): void {
  const services = spec.workload.services ?? [];
  if (services.length === 0) return;
  const { cluster, nodeGroups, gpuNames } = resolveCluster(spec.cluster);
  services.forEach((input, index) => {
    const found = input.model === undefined ? undefined : findDecoder(input.model);
    if (found?.kind !== "found") return;
    const fault = fitFault(
      { input, machines: { nodes: cluster.nodes, nodeGroups }, gpuNames },
      found.model,
    );
    if (fault === undefined) return;
    const { rule, message, help } = fault;
    context.report({
      path: [...SERVICES, index, "model"],
      rule: rule as ScenarioRule,
      message: `service ${input.name}: ${message}`,
      ...(help === undefined ? {} : { help }),
    });
  });
}
