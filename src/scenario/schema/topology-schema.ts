import { z } from "zod";

import { LIMITS } from "../defaults.js";
import { field, lineOfText, plainName, wholeNumber } from "./field.js";

const LEVELS_MAX = 8;

/** The levels above the nodes: `cluster.topology`. */
export function clusterTopologySchema() {
  const level = z.strictObject({
    level: field(plainName(), {
      description: "Name of the level, by which jobs and placements ask for it. The node itself is the level `host`.",
      example: "rack",
    }),
    size: field(wholeNumber(1, LIMITS.nodesMax), {
      description:
        "Nodes of one domain of this level: every so many neighbouring nodes of a group are one. Left out, every group says it in its own `topology`. NVLink domains are a level too: 18 nodes of a GB200 NVL72.",
      example: 4,
    }).optional(),
  });
  return field(z.array(level).min(1).max(LEVELS_MAX), {
    description:
      "How nodes are grouped, widest first: blocks, racks, NVLink domains. The placement `topology` keeps gangs together by it, and results say how many gangs left their domain.",
    example: [
      { level: "block", size: 16 },
      { level: "rack", size: 4 },
    ],
  });
}

/** Where the nodes of one group stand: `cluster.nodes[].topology`. */
export function groupTopologySchema() {
  const place = z.strictObject({
    level: field(plainName(), {
      description: "A level of `cluster.topology`.",
      example: "rack",
    }),
    size: field(wholeNumber(1, LIMITS.nodesMax), {
      description: "Nodes of one domain, in place of the size that `cluster.topology` gives the level. Give one of `size`, `name` and `names`.",
      example: 8,
    }).optional(),
    name: field(plainName(), {
      description: "The one domain in which all nodes of the group are; groups may share one. Give one of `size`, `name` and `names`.",
      example: "r7",
    }).optional(),
    names: field(z.array(field(lineOfText(63), { description: "Name of a domain.", example: "r1" })).min(1).max(LIMITS.nodesMax), {
      description: "Domain of every node of the group, in their order. Give one of `size`, `name` and `names`.",
      example: ["r1", "r1", "r2"],
    }).optional(),
  });
  return field(z.array(place).min(1).max(LEVELS_MAX), {
    description: "Where the nodes of the group stand, where that is not what `cluster.topology` says for all.",
    example: [{ level: "rack", name: "r7" }],
  });
}

/** How close together the workers of a job must be. */
export function jobTopologySchema(whose: string) {
  const level = (description: string) =>
    field(plainName(), { description, example: "rack" }).optional();
  return field(
    z.union([
      field(z.literal("unconstrained"), { description: "Anywhere." }),
      z.strictObject({
        required: level(
          "All workers in one domain of this level, or the job waits: a level of `cluster.topology`, or `host`. Give one of `required` and `preferred`.",
        ),
        preferred: level(
          "All workers in one domain of this level if one has room, else of the level above, and so on; then spread over several. Give one of `required` and `preferred`.",
        ),
      }),
    ]),
    {
      description: `How close together the workers of ${whose} must be, in Kueue's words: \`unconstrained\`, or a map with \`required\` or \`preferred\`. Only the placement \`topology\` looks at it.`,
      example: { required: "rack" },
      type: "unconstrained or map",
    },
  );
}
