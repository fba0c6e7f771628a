import { z } from "zod";

import { LIMITS } from "../defaults.js";
import { parsePowerValue } from "../parse-power.js";
import { field, lineOfText, plainName, wholeNumber } from "./field.js";

/** Electric power as text; the checked value is in watts. */
export function powerQuantity() {
  return z
    .union([z.string(), z.number()])
    .transform((given, context) => {
      const parsed = parsePowerValue(given);
      if (parsed.ok) return parsed.value;
      const { rule, message, suggestion, help } = parsed;
      context.addIssue({ code: "custom", message, params: { rule, suggestion, help }, input: given });
      return z.NEVER;
    })
    .meta({ "x-type": "power", "x-unit": "W, kW, MW" });
}

function gpuPowerSchema() {
  return z.strictObject({
    name: field(lineOfText(100), {
      description: "GPU model, as the node groups name it.",
      example: "H100-80GB",
    }),
    idle: field(powerQuantity(), {
      description:
        "Power of one GPU with nothing on it. Left out, a default that nobody measured is used where there is one, and is listed as assumed.",
      example: "95W",
    }).optional(),
    busy: field(powerQuantity(), {
      description:
        "Power of one GPU while a job holds it. Left out, the published design power: an upper bound.",
      example: "600W",
    }).optional(),
  });
}

/** How much electricity the machines use: `power`. */
export function powerSchema() {
  const node = z.strictObject({
    name: field(plainName(), { description: "Name of a node group.", example: "h100" }),
    overhead: field(powerQuantity(), {
      description:
        "Power of one node besides its GPUs, at all times: CPUs, memory, fans, network cards. Left out, what is published about the machine; where nothing is, it is not counted and a warning says so.",
      example: "3kW",
    }),
  });
  const rack = z.strictObject({
    limit: field(powerQuantity(), {
      description: "Most power that may be drawn in one rack.",
      example: "40kW",
    }),
    nodesPerRack: field(wholeNumber(1, 1_000), {
      description:
        "Nodes that stand in one rack. A group whose nodes could together draw more than the limit, with every GPU busy, is an error.",
      example: 4,
    }),
  });
  return field(
    z.strictObject({
      pue: field(z.number().min(1, "must be at least 1").max(10), {
        description:
          "Power at the meter over power of the machines (power usage effectiveness): cooling and losses. The industry average of 2025 is 1.54, large operators report 1.1 to 1.2 (Uptime Institute survey 2025). Left out, only the machines are counted.",
        default: 1,
        example: 1.3,
      }).optional(),
      gpus: field(z.array(gpuPowerSchema()).max(1_000), {
        description: "Power of GPU models, where it differs from what is known or nothing is known.",
        example: [{ name: "H200", idle: "90W", busy: "650W" }],
      }).optional(),
      nodes: field(z.array(node).max(LIMITS.nodeGroupsMax), {
        description: "Power of nodes besides their GPUs, by node group.",
        example: [{ name: "h100", overhead: "3kW" }],
      }).optional(),
      rack: field(rack, {
        description: "What a rack can be fed and cooled.",
        example: { limit: "40kW", nodesPerRack: 4 },
      }).optional(),
    }),
    {
      description:
        "Electricity of the machines. With this section, even an empty one, the result has `energy`: integrals over the run of idle and busy power, node by node.",
      example: { pue: 1.3 },
    },
  );
}
