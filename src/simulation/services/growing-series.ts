import { createGrowableFloat64 } from "../../base/growable.js";
import type { ServiceSeries } from "./deployed-service.js";

const COLUMNS = [
  "timeS",
  "arrived",
  "held",
  "waiting",
  "running",
  "wanted",
  "placed",
  "ready",
  "cacheShare",
] as const;

/** One look at a service. */
export type ServiceSample = Readonly<Record<(typeof COLUMNS)[number], number>>;

/** Collects looks; a second one at the same time takes the place of the first. */
export function createServiceSeries(): {
  add(sample: ServiceSample): void;
  finish(): ServiceSeries;
} {
  const columns = COLUMNS.map((name) => ({ name, values: createGrowableFloat64() }));
  let last: ServiceSample | undefined;
  const write = (): void => {
    if (last === undefined) return;
    for (const { name, values } of columns) values.push(last[name]);
  };
  return {
    add(sample) {
      if (last !== undefined && last.timeS !== sample.timeS) write();
      last = sample;
    },
    finish() {
      write();
      last = undefined;
      return Object.fromEntries(
        columns.map(({ name, values }) => [name, values.toArray()]),
      ) as unknown as ServiceSeries;
    },
  };
}
