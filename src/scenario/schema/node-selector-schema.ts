import { z } from "zod";

import { field, lineOfText } from "./field.js";

const LABEL_LENGTH_MAX = 320;
const values = () =>
  z.array(field(lineOfText(LABEL_LENGTH_MAX), { description: "A value.", example: "eu-1" })).min(1).max(1_000);

/** Labels of a group of nodes. */
export function nodeLabelsSchema() {
  return field(z.record(lineOfText(LABEL_LENGTH_MAX), lineOfText(LABEL_LENGTH_MAX)), {
    description:
      "Labels of the nodes, which jobs may select by `nodeSelector`. Values that look like numbers need quotes.",
    example: { zone: "eu-1", disk: "ssd" },
  });
}

/** What a job demands of the labels of its nodes. */
export function nodeSelectorSchema() {
  const rule = z.strictObject({
    label: field(lineOfText(LABEL_LENGTH_MAX), {
      description: "Name of the label. Alone it demands that the node has the label.",
      example: "zone",
    }),
    is: field(lineOfText(LABEL_LENGTH_MAX), {
      description: "The value it must have.",
      example: "eu-1",
    }).optional(),
    in: field(values(), {
      description: "Values of which it must have one.",
      example: ["eu-1", "eu-2"],
    }).optional(),
    notIn: field(values(), {
      description: "Values of which it must have none; a node without the label will do.",
      example: ["spot"],
    }).optional(),
  });
  return field(z.array(rule).min(1).max(100), {
    description:
      "Labels that the nodes of the job must have; all rules hold together. Every placement on nodes looks at them but `consolidate`, and the pool does not.",
    example: [{ label: "zone", in: ["eu-1", "eu-2"] }, { label: "tier", notIn: ["spot"] }],
  });
}
