import type { LocatedNode } from "../../diagnostics/located-node.js";
import { parseYamlDocuments } from "../../diagnostics/yaml-documents.js";
import type { ImportSource } from "./imported.js";
import type { KubernetesObject } from "./located-fields.js";
import { itemsAt, textAt } from "./located-fields.js";

/**
 * The objects of a Kubernetes file: its documents, and the items of lists among them.
 *
 * @throws InputError for what is no YAML, and for more documents than can be meant
 */
export function kubernetesObjects(source: ImportSource): readonly KubernetesObject[] {
  return parseYamlDocuments(source.file, source.text).flatMap((root) => {
    const items =
      textAt(root, "kind")?.endsWith("List") === true ? itemsAt(root, "items") : undefined;
    return (items ?? [root]).map(objectOf);
  });
}

function objectOf(root: LocatedNode): KubernetesObject {
  return {
    kind: textAt(root, "kind") ?? "",
    apiVersion: textAt(root, "apiVersion") ?? "",
    name: textAt(root, "metadata.name") ?? "",
    namespace: textAt(root, "metadata.namespace") ?? "default",
    root,
  };
}
