import { z } from "zod";

import { field, plainName, wholeNumber } from "./field.js";

/** The network between nodes, for jobs that communicate: `cluster.fabric`. */
export function fabricSchema() {
  return field(
    z.strictObject({
      oversubscription: field(z.number().min(1, "must be at least 1").max(1_000), {
        description:
          "Bandwidth of the nodes below a leaf switch over that from the leaf to the spine. 1 is a network without bottleneck.",
        default: 1,
        example: 2,
      }).optional(),
      adapters: field(wholeNumber(1, 128), {
        description: "Network adapters of one node that GPUs use. Left out, those of the sku.",
        example: 8,
      }).optional(),
      adapterGbps: field(z.number().positive().max(100_000), {
        description: "Line rate of one adapter in Gb/s. Left out, that of the sku.",
        unit: "Gb/s",
        example: 400,
      }).optional(),
      leaf: field(plainName(), {
        description:
          "Level of `cluster.topology` whose domains share a leaf switch. Left out, all nodes share one.",
        example: "rack",
      }).optional(),
    }),
    {
      description:
        "The network between nodes. It matters to jobs that communicate (`workload.communication`, `workload.jobs[].model`).",
      example: { oversubscription: 2, leaf: "rack" },
    },
  );
}
