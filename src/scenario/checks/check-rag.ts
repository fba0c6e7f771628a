import { formatPath, type PathPart } from "../../diagnostics/field-path.js";
import { ENCODER_MODELS, findEncoder } from "../../performance/retrieval/encoder-model.js";
import type { CheckContext } from "../check-context.js";
import type { RagInput } from "../schema/rag-schema.js";
import { encoderGpu } from "../services/encoder-stage.js";
import type { ReportAt } from "./check-service-targets.js";

/** What the stages of retrieval need beyond what each field must be alone. */
export function checkRag(
  context: CheckContext,
  report: ReportAt,
  { manifest, embedding, search }: RagInput,
  service: readonly PathPart[],
): void {
  if (embedding === undefined && manifest === undefined)
    report(["rag"], "missing-field", "has neither embedding nor a manifest of a RAGEngine");
  if (embedding !== undefined)
    checkEmbedding(context, report, { ...embedding, hasManifest: manifest !== undefined }, service);
  checkSearch(report, search);
  const { dimensions, time } = search;
  const own = findEncoder(embedding?.model ?? "")?.dimensions;
  if (time !== undefined) return;
  if (
    dimensions === undefined &&
    embedding !== undefined &&
    (embedding.model ?? manifest) === undefined
  )
    report(
      ["rag", "search"],
      "missing-field",
      "has no dimensions, and no embedding model says them",
      "add dimensions: 384",
    );
  else if (dimensions !== undefined && own !== undefined && dimensions !== own)
    report(
      ["rag", "search", "dimensions"],
      "conflicting-fields",
      `is ${dimensions}, and ${embedding?.model} answers with ${own} numbers`,
      "leave dimensions out",
    );
}

function checkEmbedding(
  context: CheckContext,
  report: ReportAt,
  {
    model,
    cores,
    gpu,
    time,
    concurrency,
    hasManifest,
  }: NonNullable<RagInput["embedding"]> & { readonly hasManifest: boolean },
  service: readonly PathPart[],
): void {
  const at = ["rag", "embedding"] as const;
  if (model === undefined && time === undefined && !hasManifest)
    report(at, "missing-field", "has neither model nor time", "add model: BAAI/bge-small-en-v1.5");
  if (model !== undefined && time !== undefined)
    report([...at, "time"], "conflicting-fields", "stands beside model: give one of them");
  if (cores !== undefined && gpu !== undefined)
    report([...at, "gpu"], "conflicting-fields", "stands beside cores: give one of them");
  if (model !== undefined && time === undefined) {
    if (cores === undefined && gpu === undefined && !hasManifest)
      report(at, "missing-field", "has neither cores nor gpu for its model", "add cores: 4");
    if (findEncoder(model) === undefined)
      context.report({
        path: [...service, ...at, "model"],
        rule: "unknown-model",
        message: `${formatPath([...service, ...at, "model"])}: unknown encoder "${model}"`,
        allowed: ENCODER_MODELS.map(({ name }) => name),
        similarTo: ENCODER_MODELS.flatMap(({ name }) => [name, name.slice(name.indexOf("/") + 1)]),
        help: "or give its time as you measured it: time: 12ms",
      });
  }
  if (concurrency !== undefined && time === undefined)
    report(
      [...at, "concurrency"],
      "conflicting-fields",
      "is for a time as measured, and all cores of a replica work on one text",
      "write replicas",
    );
  const found = gpu === undefined ? undefined : encoderGpu(gpu);
  if (found?.kind === "unknown")
    context.report({
      path: [...service, ...at, "gpu"],
      rule: "unknown-gpu",
      message: `${formatPath([...service, ...at, "gpu"])}: ${found.message}`,
      similarTo: found.names,
      help: "headroom catalog gpus lists them",
    });
}

function checkSearch(report: ReportAt, search: RagInput["search"]): void {
  const { vectors, time, concurrency, dimensions, index } = search;
  const at = ["rag", "search"] as const;
  if (vectors === undefined && time === undefined)
    report(at, "missing-field", "has neither vectors nor time", "add vectors: 1000000");
  if (time !== undefined) {
    for (const [name, value] of Object.entries({ vectors, dimensions, index }))
      if (value !== undefined)
        report([...at, name], "conflicting-fields", "stands beside time, which says it all");
    return;
  }
  if (concurrency !== undefined)
    report(
      [...at, "concurrency"],
      "conflicting-fields",
      "is for a time as measured; cores say how many searches of a graph run at once",
    );
}
