import { SpecificationError } from "../../base/specification-error.js";
import type { ReplicaSpec, ServiceSpec } from "./serving-spec.js";

/** @throws SpecificationError when figures make no replica, or features do not go together */
export function checkReplicaSpec(spec: ReplicaSpec): void {
  whole("cacheBlocks", spec.cacheBlocks, 1);
  whole("batchTokensMax", spec.batchTokensMax, 1);
  whole("requestsMax", spec.requestsMax, 1);
  const { adapters, pipeline, dataParallel, transfer } = spec;
  if (adapters !== undefined) {
    whole("adapters.slots", adapters.slots, 1);
    whole("adapters.hostSlots", adapters.hostSlots ?? adapters.slots, adapters.slots);
    atLeastZero("adapters.loadS", adapters.loadS);
    atLeastZero("adapters.copyS", adapters.copyS ?? 0);
  }
  if (pipeline !== undefined) {
    whole("pipeline.stages", pipeline.stages, 1);
    atLeastZero("pipeline.bytesPerToken", pipeline.bytesPerToken);
    atLeastZero("pipeline.latencyS", pipeline.latencyS);
    positive("pipeline.bytesPerS", pipeline.bytesPerS);
  }
  if (dataParallel !== undefined) whole("dataParallel.engines", dataParallel.engines, 1);
  if (transfer !== undefined) {
    atLeastZero("transfer.bytesPerToken", transfer.bytesPerToken);
    atLeastZero("transfer.latencyS", transfer.latencyS);
    positive("transfer.bytesPerS", transfer.bytesPerS);
  }
  checkTogether(spec);
}

function checkTogether({ role, transfer, prefill, pipeline, dataParallel }: ReplicaSpec): void {
  if (role === "decode" && transfer === undefined)
    fail("a replica that only decodes needs transfer: how the cache of a prompt comes to it");
  if (role === "decode" && prefill === "first")
    fail('a replica that only decodes has no prompts to put first: leave out prefill "first"');
  const stages = pipeline?.stages ?? 1;
  if (stages > 1 && dataParallel?.isLockstep === true)
    fail("engines in lockstep have no pipeline here: take stages into the step time instead");
}

/** @throws SpecificationError when limits are no limits, or two classes have one name */
export function checkServiceSpec({ admission = {}, classes = [], router }: ServiceSpec): void {
  const { waitingMax, saturation, waitMaxS, retryAfterS = [] } = admission;
  if (typeof waitingMax === "number") atLeastZero("admission.waitingMax", waitingMax);
  if (saturation !== undefined) {
    positive("admission.saturation.waiting", saturation.waiting);
    positive("admission.saturation.cacheShare", saturation.cacheShare);
  }
  if (waitMaxS !== undefined) positive("admission.waitMaxS", waitMaxS);
  retryAfterS.forEach((afterS, index) => {
    atLeastZero(`admission.retryAfterS[${index}]`, afterS);
  });
  const names = classes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) fail(`two classes have the name "${twice}"`);
  if (classes.length > CLASSES_MAX) fail(`at most ${CLASSES_MAX} classes, got ${classes.length}`);
  if (typeof router === "string" || router.name !== "endpoint-picker") return;
  atLeastZero("router.metricsAgeMaxS", router.metricsAgeMaxS ?? 0);
  router.scorers?.forEach(({ scorer, weight = 1 }) => {
    atLeastZero(`router.scorers.${scorer}.weight`, weight);
  });
}

/** One byte per request. */
const CLASSES_MAX = 256;

function whole(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    fail(`${name} must be a whole number of at least ${least}, got ${value}`);
}

function atLeastZero(name: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value)))
    fail(`${name} must be a finite number of at least 0, got ${value}`);
}

function positive(name: string, value: number): void {
  if (!(value > 0)) fail(`${name} must be above 0, got ${value}`);
}

function fail(message: string): never {
  throw new SpecificationError(`serving: ${message}`);
}
