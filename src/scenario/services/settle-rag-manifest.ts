import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { nodeAt, placeOf, type LocatedNode } from "../../diagnostics/located-node.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import { findNodeSku } from "../../hardware/find-node-sku.js";
import { checkManifest } from "../../kaito/check-manifest.js";
import type { KaitoManifest } from "../../kaito/manifest/manifest.js";
import { parseManifests } from "../../kaito/manifest/parse-manifests.js";
import { ENCODER_MODELS, findEncoder } from "../../performance/retrieval/encoder-model.js";

const CPU_MILLI = 1000;

/** What a RAGEngine says about embedding. */
export interface SettledRagEngine {
  /** `RAGEngine` with its name. */
  readonly what: string;
  /** Encoder; absent where an image or another service has it. */
  readonly model?: string;
  /** GPU of its machine, or cores of one without; absent where the machine is not in the catalogue. */
  readonly gpu?: string;
  readonly cores?: number;
  readonly instanceType?: string;
}

/**
 * Reads the manifest of one RAGEngine, as strictly as KAITO's admission does.
 *
 * @throws InputError with every problem, at its place in the manifest
 */
export function settleRagEngine(file: string, text: string): SettledRagEngine {
  const { manifests, configs } = parseManifests([{ file, text }], { lenient: false });
  const engines = manifests.filter(({ kind }) => kind === "RAGEngine");
  const [engine] = engines;
  if (engine === undefined || engines.length > 1) {
    const message = `retrieval needs one RAGEngine, the file has ${engines.length}`;
    throw new InputError([{ file, rule: "kaito-refuses", message }]);
  }
  const problems = checkManifest(engine, {
    ...{ provisionsNodes: true, hasMig: true, hasAccelerators: true, configs, models: [] },
    lenient: false,
  });
  if (problems.length > 0) throw new InputError(problems);
  const model = encoderIn(engine);
  const { instanceType } = engine;
  const sku = instanceType === undefined ? undefined : findNodeSku(instanceType);
  return {
    what: `RAGEngine ${engine.name}`,
    ...(model === undefined ? {} : { model }),
    ...(instanceType === undefined ? {} : { instanceType }),
    ...(sku?.gpuModel !== undefined
      ? { gpu: sku.gpuModel }
      : sku?.cpuMilli === undefined
        ? {}
        : { cores: Math.floor(sku.cpuMilli / CPU_MILLI) }),
  };
}

/** @throws InputError for an encoder nobody here knows */
function encoderIn({ root }: KaitoManifest): string | undefined {
  const node = nodeAt(root, ["spec", "embedding", "local", "modelID"]);
  if (node?.kind !== "scalar" || typeof node.value !== "string") return undefined;
  if (findEncoder(node.value) !== undefined) return node.value;
  throw new InputError([unknownEncoder(node, node.value)]);
}

function unknownEncoder(node: LocatedNode, name: string): Problem {
  const allowed = ENCODER_MODELS.map((model) => model.name);
  const suggestion = didYouMean(name, allowed);
  return {
    ...placeOf(node.origin),
    ...{ rule: "unknown-model", path: "spec.embedding.local.modelID" },
    ...{ message: `unknown encoder "${name}"`, allowed },
    ...(suggestion === undefined ? {} : { suggestion }),
    help: "or give the time of one embedding as you measured it: rag.embedding.time: 12ms",
  };
}
