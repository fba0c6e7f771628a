import type { Place } from "../diagnostics/located-node.js";
import { nodeAt, placeOf, type LocatedNode } from "../diagnostics/located-node.js";
import { fileReference, type FileReference } from "./trace-reference.js";

/** Files that a service names, and where it is written. */
export interface ServiceReference {
  readonly place: Place;
  readonly manifest?: FileReference;
  readonly config?: FileReference;
  readonly trace?: FileReference;
  /** Manifest of the RAGEngine. */
  readonly rag?: FileReference;
}

/** The files of every service of a document, in its order. */
export function serviceReferences(root: LocatedNode): readonly ServiceReference[] {
  const list = nodeAt(root, ["workload", "services"]);
  if (list?.kind !== "list") return [];
  return list.items.map((item, index): ServiceReference => {
    const path = ["workload", "services", index];
    const manifest = fileReference(root, [...path, "manifest"]);
    const config = fileReference(root, [...path, "config"]);
    const trace = fileReference(root, [...path, "traffic", "trace"]);
    const rag = fileReference(root, [...path, "rag", "manifest"]);
    return {
      place: placeOf(item.origin),
      ...(manifest === undefined ? {} : { manifest }),
      ...(config === undefined ? {} : { config }),
      ...(trace === undefined ? {} : { trace }),
      ...(rag === undefined ? {} : { rag }),
    };
  });
}
