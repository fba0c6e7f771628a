/** Shape of a field in a custom resource: a kind of value, or a map or list of more. */
export type CrdField =
  | "text"
  | "whole-number"
  | "truth"
  /** Kubernetes' own or free-form content that KAITO hands on. */
  | "anything"
  /** Text that is one of these. */
  | { readonly oneOf: readonly string[] }
  /** A map with names of any kind. */
  | { readonly mapOf: CrdField }
  | { readonly list: CrdField }
  | CrdMap;

/** A map with named fields; `required` ones must be there. */
export interface CrdMap {
  readonly fields: Readonly<Record<string, CrdField>>;
  readonly required?: readonly string[];
}

const SELECTOR: CrdMap = {
  fields: {
    matchLabels: { mapOf: "text" },
    matchExpressions: {
      list: {
        fields: { key: "text", operator: "text", values: { list: "text" } },
        required: ["key", "operator"],
      },
    },
  },
};

const PARTITION: CrdMap = {
  fields: { mode: "text", profile: "text", count: "whole-number" },
  required: ["mode"],
};

const PRESET: CrdMap = {
  fields: {
    name: "text",
    accessMode: { oneOf: ["public", "private"] },
    presetOptions: {
      fields: { image: "text", imagePullSecrets: { list: "text" }, modelAccessSecret: "text" },
    },
  },
  required: ["name"],
};

const DATA: CrdMap = {
  fields: {
    name: "text",
    urls: { list: "text" },
    volumeSource: "anything",
    image: "text",
    imagePullSecrets: { list: "text" },
  },
};

const ADAPTER: CrdMap = { fields: { source: DATA, strength: "text" } };

const INFERENCE: CrdMap = {
  fields: { preset: PRESET, template: "anything", config: "text", adapters: { list: ADAPTER } },
};

const TUNING: CrdMap = {
  fields: {
    preset: PRESET,
    method: "text",
    config: "text",
    input: DATA,
    output: { fields: { volumeSource: "anything", image: "text", imagePushSecret: "text" } },
  },
};

const AUTO_UPGRADE: CrdMap = {
  fields: {
    enabled: "truth",
    strategy: { oneOf: ["InPlace", "Surge"] },
    maintenanceWindow: { fields: { schedule: "text", duration: "text" } },
  },
};

function resource(withPartition: boolean): CrdMap {
  return {
    fields: {
      count: "whole-number",
      instanceType: "text",
      labelSelector: SELECTOR,
      preferredNodes: { list: "text" },
      ...(withPartition ? { partition: PARTITION } : {}),
    },
    required: ["labelSelector"],
  };
}

const OBJECT = {
  apiVersion: "text",
  kind: "text",
  metadata: "anything",
  status: "anything",
} as const;

function workspace(isBeta: boolean): CrdMap {
  return {
    fields: { ...OBJECT, resource: resource(isBeta), inference: INFERENCE, tuning: TUNING },
    required: ["resource"],
  };
}

function inferenceSet(isBeta: boolean): CrdMap {
  const template: CrdMap = {
    fields: {
      metadata: "anything",
      resource: { fields: { instanceType: "text", ...(isBeta ? { partition: PARTITION } : {}) } },
      inference: INFERENCE,
    },
    required: ["inference"],
  };
  const spec: CrdMap = {
    fields: {
      template,
      replicas: "whole-number",
      nodeCountLimit: "whole-number",
      labelSelector: SELECTOR,
      updateStrategy: "anything",
      autoUpgrade: AUTO_UPGRADE,
    },
    required: ["labelSelector", "template"],
  };
  return { fields: { ...OBJECT, spec }, required: ["spec"] };
}

function ragEngine(isBeta: boolean): CrdMap {
  const spec: CrdMap = {
    fields: {
      compute: resource(isBeta),
      storage: {
        fields: {
          persistentVolume: { fields: { persistentVolumeClaim: "text", mountPath: "text" } },
          vectorDB: { fields: { engine: "text", url: "text", accessSecret: "text" } },
        },
      },
      embedding: {
        fields: {
          remote: { fields: { url: "text", accessSecret: "text" }, required: ["url"] },
          local: {
            fields: {
              image: "text",
              imagePullSecret: "text",
              modelID: "text",
              modelAccessSecret: "text",
            },
          },
        },
      },
      inferenceService: {
        fields: { url: "text", accessSecret: "text", contextWindowSize: "whole-number" },
        required: ["url"],
      },
      guardrails: { fields: { enabled: "truth", configMapRef: "anything" } },
    },
    required: ["embedding", "inferenceService"],
  };
  return { fields: { ...OBJECT, spec }, required: ["spec"] };
}

/** Kinds of KAITO this project reads. */
export const KAITO_KINDS = ["Workspace", "InferenceSet", "RAGEngine"] as const;

/** One of `KAITO_KINDS`. */
export type KaitoKind = (typeof KAITO_KINDS)[number];

/** Versions of the API that are served; the second is the one KAITO stores. */
export const KAITO_API_VERSIONS = ["kaito.sh/v1alpha1", "kaito.sh/v1beta1"] as const;

/**
 * Fields of a kind in a version.
 *
 * Source: kaito-project/kaito@056b8280 config/crd/bases/*.yaml, api/v1alpha1, api/v1beta1.
 */
export function crdOf(kind: KaitoKind, apiVersion: string): CrdMap {
  const isBeta = apiVersion === "kaito.sh/v1beta1";
  switch (kind) {
    case "Workspace":
      return workspace(isBeta);
    case "InferenceSet":
      return inferenceSet(isBeta);
    case "RAGEngine":
      return ragEngine(isBeta);
  }
}
