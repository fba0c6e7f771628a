import { z } from "zod";

import { parseBitrate } from "../parse-bitrate.js";

/** A rate of data over a link as text; the checked value is in bits per second. */
export function bitrate() {
  return z
    .union([z.string(), z.number()])
    .transform((given, context) => {
      const parsed = parseBitrate(given);
      if (parsed.ok) return parsed.value;
      const { rule, message, suggestion, help } = parsed;
      context.addIssue({
        code: "custom",
        message,
        params: { rule, suggestion, help },
        input: given,
      });
      return z.NEVER;
    })
    .meta({ "x-type": "data rate", "x-unit": "kbit/s, Mbit/s, Gbit/s, Tbit/s" });
}
