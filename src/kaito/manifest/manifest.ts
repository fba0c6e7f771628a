import type { LocatedNode } from "../../diagnostics/located-node.js";
import type { KaitoKind } from "./crd-fields.js";

/** A part of a node, by `resource.partition`. */
export interface Partition {
  readonly mode: string;
  readonly profile?: string;
  readonly count?: number;
}

/** What a manifest of KAITO asks for; the fields that nodes and vLLM depend on. */
export interface KaitoManifest {
  readonly kind: KaitoKind;
  readonly apiVersion: string;
  readonly name: string;
  readonly namespace: string;
  readonly file: string;
  readonly root: LocatedNode;
  /** `vllm` unless the annotation kaito.sh/runtime says otherwise. */
  readonly runtime: string;
  /** Workspaces of the object: `replicas` of an InferenceSet, else 1. */
  readonly replicas: number;
  readonly instanceType?: string;
  readonly count?: number;
  readonly partition?: Partition;
  readonly presetName?: string;
  /** True where a pod template takes the place of a preset. */
  readonly hasTemplate: boolean;
  /** True for a Workspace with `tuning`. */
  readonly isTuning: boolean;
  readonly tuningMethod?: string;
  /** Name of the ConfigMap with the arguments of vLLM. */
  readonly configName?: string;
  readonly adapterCount: number;
  /** Where parts of the manifest stand, for messages: resource, inference, preset. */
  readonly places: Readonly<Record<string, LocatedNode | undefined>>;
}

/** Arguments of vLLM from a ConfigMap. */
export interface InferenceConfig {
  readonly name: string;
  readonly namespace: string;
  readonly file: string;
  /** `vllm:` of inference_config.yaml, values as text. */
  readonly vllm: Readonly<Record<string, string>>;
  /** Lines of the values in the file. */
  readonly lineOf: Readonly<Record<string, number>>;
}

/** Something odd that is not refused: under `--lenient` the non-standard form, else what KAITO will ignore. */
export interface Lint {
  /** Stable name. */
  readonly id: string;
  readonly path: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
}
