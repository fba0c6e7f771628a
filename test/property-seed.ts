// Properties are tried on the same inputs every time, so that a run of the tests says something about the change at hand
// and not about chance; HEADROOM_PROPERTY_SEED tries them on others (docs/HACKING.md).
import fc from "fast-check";

const seed = Number(process.env["HEADROOM_PROPERTY_SEED"] ?? "20261122");
if (!Number.isInteger(seed)) throw new Error("HEADROOM_PROPERTY_SEED is a whole number");
fc.configureGlobal({ seed });
