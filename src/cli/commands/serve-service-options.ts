import type { Command } from "commander";

import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import { cacheBytesPerToken } from "../../performance/llm/decoder-model.js";
import { NETWORK_ASSUMED } from "../../performance/llm/replica-links.js";
import { ROUTER_NAMES } from "../../policy/routing/create-router.js";
import { SCORER_NAMES } from "../../policy/routing/scorers.js";
import {
  type AdmissionSpec,
  PREFILL_MODES,
  type RequestClass,
  type RouterSpec,
} from "../../simulation/serving/serving-spec.js";
import type { ReplicaSetting } from "../../studies/serve/settle-replica.js";
import type { ServiceSetting } from "../../studies/serve/server.js";
import type { ServeAssumption } from "../../studies/serve/traffic.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import {
  duration,
  linkOf,
  listOf,
  named,
  optionError,
  positiveNumber,
  wholeNumber,
} from "./serve-options.js";

/** What the command line says of engines and of the service before them, as written. */
export interface ServiceOptions {
  readonly router: string;
  readonly scorers?: string;
  readonly prefill: string;
  readonly scheduling: string;
  /** False under --no-prefix-cache. */
  readonly prefixCache: boolean;
  readonly maxLoras?: string;
  readonly loraLoad?: string;
  readonly waitingMax?: string;
  readonly saturation?: string;
  readonly giveUp?: string;
  readonly class?: readonly string[];
  readonly decodeReplicas?: string;
  readonly transfer?: string;
}

/** Adds the options of engines and of the service. */
export function addServiceOptions(command: Command, router: string): Command {
  return command
    .option("--router <name>", `one of: ${ROUTER_NAMES.join(", ")}`, router)
    .option(
      "--scorers <list>",
      `of the endpoint picker, with weights: ${SCORER_NAMES.join(", ")}, such as queue=2,prefix=3`,
    )
    .option("--prefill <mode>", `how prompts are computed: ${PREFILL_MODES.join(", ")}`, "chunked")
    .option("--scheduling <policy>", "scheduling-policy of vLLM: fcfs, priority", "fcfs")
    .option("--no-prefix-cache", "turn off prefix caching, which vLLM has on")
    .option("--max-loras <n>", "adapters in one batch", "1")
    .option("--lora-load <time>", "time to load an adapter that is not on the GPU")
    .option(
      "--waiting-max <n>",
      "refuse with 429 when more wait at a replica; requests-max as KAITO",
    )
    .option(
      "--saturation <n,share>",
      "refuse low priority when queues or caches are that full: 5,0.8",
    )
    .option("--give-up <time>", "a request that waited so long leaves")
    .option(
      "--class <spec>",
      "promise to a class of requests: chat:priority=1,ttft=500ms,tpot=50ms (may be repeated)",
      (text: string, before: readonly string[] = []) => [...before, text],
    );
}

/** Adds the options of replicas that only decode. */
export function addDecodingOptions(command: Command): Command {
  return command
    .option(
      "--decode-replicas <n>",
      "so many more replicas only decode; the others compute prompts",
    )
    .option("--transfer <GB/s,µs>", "how caches come to them; 12.5 GB/s is assumed");
}

/** A service as the options describe it. @throws InputError naming the option */
export function serviceOf(
  options: ServiceOptions,
  setting: ReplicaSetting,
  requests: RequestTable,
  seed: number,
): { readonly service: ServiceSetting; readonly assumptions: readonly ServeAssumption[] } {
  const admission = admissionOf(options);
  const decoding = decodingOf(options, setting);
  const adapters = adaptersOf(options, requests);
  const service: ServiceSetting = {
    router: routerOf(options),
    prefill: named("--prefill", options.prefill, names(PREFILL_MODES)).name,
    order: named("--scheduling", options.scheduling, names(["fcfs", "priority"] as const)).name,
    hasPrefixCache: options.prefixCache,
    classes: classesOf(options, requests),
    seed,
    ...(admission === undefined ? {} : { admission }),
    ...(adapters === undefined ? {} : { adapters }),
    ...(decoding === undefined ? {} : { decoding }),
  };
  const assumptions: ServeAssumption[] = [];
  const shares = requests.prefixes !== undefined || requests.conversation !== undefined;
  if (shares)
    assumptions.push({
      what: "prefix cache",
      source: options.prefixCache
        ? "on, as in vLLM v1: shared beginnings and earlier turns that are still in the cache are not computed again"
        : "turned off with --no-prefix-cache",
      provenance: options.prefixCache ? "assumed" : "given",
    });
  if (decoding !== undefined && options.transfer === undefined)
    assumptions.push({
      what: "transfer of caches",
      source: "one 100 Gb/s adapter per decoding replica; give --transfer",
      provenance: "assumed",
    });
  return { service, assumptions };
}

const names = <Name extends string>(list: readonly Name[]): { readonly name: Name }[] =>
  list.map((name) => ({ name }));

function routerOf({ router, scorers }: ServiceOptions): RouterSpec {
  const { name } = named("--router", router, names(ROUTER_NAMES));
  if (scorers === undefined) return { name };
  if (name !== "endpoint-picker")
    throw optionError(
      "--scorers",
      `are of the endpoint picker, not of ${name}`,
      "--router endpoint-picker",
    );
  return {
    name,
    scorers: listOf(scorers).map((part) => {
      const [scorer = "", weight] = part.split("=");
      return {
        scorer: named("--scorers", scorer, names(SCORER_NAMES)).name,
        ...(weight === undefined
          ? {}
          : { weight: positiveNumber("--scorers", weight, "0 or more") }),
      };
    }),
  };
}

function admissionOf({
  waitingMax,
  saturation,
  giveUp,
}: ServiceOptions): AdmissionSpec | undefined {
  if (waitingMax === undefined && saturation === undefined && giveUp === undefined)
    return undefined;
  return {
    ...(waitingMax === undefined
      ? {}
      : {
          waitingMax:
            waitingMax === "requests-max"
              ? waitingMax
              : wholeNumber("--waiting-max", waitingMax, 1_000_000),
        }),
    ...(saturation === undefined ? {} : { saturation: saturationOf(saturation) }),
    ...(giveUp === undefined ? {} : { waitMaxS: duration("--give-up", giveUp) }),
  };
}

function saturationOf(text: string): NonNullable<AdmissionSpec["saturation"]> {
  const [waiting = "", share = "", ...more] = listOf(text);
  if (share === "" || more.length > 0)
    throw optionError(
      "--saturation",
      `must be waiting requests and a share of cache, such as 5,0.8, got "${text}"`,
    );
  return {
    waiting: positiveNumber("--saturation", waiting, "above 0"),
    cacheShare: positiveNumber("--saturation", share, "above 0"),
  };
}

function adaptersOf(
  { maxLoras = "1", loraLoad }: ServiceOptions,
  requests: RequestTable,
): ServiceSetting["adapters"] {
  if (requests.adapters === undefined) {
    if (loraLoad !== undefined)
      throw optionError(
        "--lora-load",
        "no request uses an adapter",
        "traces name them in the column adapter",
      );
    return undefined;
  }
  return {
    slots: wholeNumber("--max-loras", maxLoras, 1024),
    loadS: loraLoad === undefined ? 0 : duration("--lora-load", loraLoad),
  };
}

function decodingOf(
  { decodeReplicas, transfer }: ServiceOptions,
  { model, cacheFormat }: ReplicaSetting,
): ServiceSetting["decoding"] {
  if (decodeReplicas === undefined) {
    if (transfer === undefined) return undefined;
    throw optionError("--transfer", "is for replicas that only decode: --decode-replicas N");
  }
  const link =
    transfer === undefined
      ? { bytesPerS: NETWORK_ASSUMED.nicBytesPerS, latencyS: 0 }
      : linkOf("--transfer", transfer);
  return {
    replicas: wholeNumber("--decode-replicas", decodeReplicas, 10_000),
    transfer: { ...link, bytesPerToken: cacheBytesPerToken(model, cacheFormat === "fp8" ? 1 : 2) },
  };
}

function classesOf({ class: texts = [] }: ServiceOptions, requests: RequestTable): RequestClass[] {
  const known = requests.classes?.names ?? [];
  return texts.map((text) => {
    const at = text.indexOf(":");
    const name = at === -1 ? text : text.slice(0, at);
    if (!known.includes(name)) {
      const suggestion = didYouMean(name, known);
      throw new InputError([
        {
          file: "--class",
          rule: "unknown-class",
          message: `no request is of class "${name}"`,
          allowed: known,
          ...(suggestion === undefined ? {} : { suggestion }),
          help: "traces name classes in the column class",
        },
      ]);
    }
    return { name, ...promisesOf(at === -1 ? "" : text.slice(at + 1)) };
  });
}

function promisesOf(text: string): Omit<RequestClass, "name"> {
  const promises: { priority?: number; ttftS?: number; tpotS?: number; e2eS?: number } = {};
  for (const part of listOf(text).filter((each) => each !== "")) {
    const [key = "", value = ""] = part.split("=");
    switch (key) {
      case "priority": {
        const priority = Number(value);
        if (!Number.isInteger(priority))
          throw optionError("--class", `priority must be a whole number, got "${value}"`);
        promises.priority = priority;
        break;
      }
      case "ttft":
        promises.ttftS = duration("--class", value);
        break;
      case "tpot":
        promises.tpotS = duration("--class", value);
        break;
      case "e2e":
        promises.e2eS = duration("--class", value);
        break;
      default:
        throw optionError("--class", `"${part}" is none of priority=, ttft=, tpot=, e2e=`);
    }
  }
  return promises;
}
