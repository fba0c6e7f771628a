import {
  interpolateTable,
  leaveOneOut,
  MEASURED_SOURCE,
  MEASURED_TABLES,
  type MeasuredTable,
} from "../../../performance/collectives.js";
import { quantile } from "../../../stats/quantile.js";
import { boundedCheck, type Check } from "../check.js";

const MEDIAN_BAR_PCT = 2.5;
const P95_BAR_PCT = 21;

interface Method {
  readonly id: string;
  readonly what: string;
  readonly hasBar: boolean;
  predict(table: MeasuredTable, bytes: number, others: readonly MeasuredTable[]): number;
}

const METHODS: readonly Method[] = [
  {
    id: "used",
    what: "straight line in bytes, bent as like tables bend (used)",
    hasBar: true,
    predict: interpolateTable,
  },
  {
    id: "alone",
    what: "straight line in bytes alone (used where no table has points between)",
    hasBar: true,
    predict: (table, bytes) => interpolateTable(table, bytes),
  },
  {
    id: "log-log",
    what: "line in log-log",
    hasBar: false,
    predict: logLogLine,
  },
];

/** Leaving out every interior point of every measured collective table, one at a time. */
export function interpolationChecks(): readonly Check[] {
  return METHODS.flatMap((method) => {
    const points = leaveOneOut(MEASURED_TABLES, (table, bytes, others) =>
      method.predict(table, bytes, others),
    );
    const errors = points.map(({ relativeError }) => 100 * Math.abs(relativeError));
    const row = (name: string, q: number, bar: number): Check => {
      const actual = quantile(errors, q)!;
      const check = {
        id: `hardware/collectives/interpolation/${method.id}/${name}`,
        topic: "hardware",
        group: `measured collective tables, each of ${points.length} points left out in turn`,
        what: `${name} error, ${method.what}`,
        source: MEASURED_SOURCE,
        expected: 0,
        actual,
        error: actual,
        unit: "%",
      };
      return method.hasBar ? boundedCheck({ ...check, bar }) : { ...check, bar: null, pass: null };
    };
    return [row("median", 0.5, MEDIAN_BAR_PCT), row("p95", 0.95, P95_BAR_PCT)];
  });
}

/** The plain line between the logarithms of the neighbours. */
function logLogLine(table: MeasuredTable, bytes: number): number {
  const right = table.bytes.findIndex((each) => each > bytes);
  const left = right - 1;
  const share =
    Math.log(bytes / table.bytes[left]!) / Math.log(table.bytes[right]! / table.bytes[left]!);
  return table.seconds[left]! * (table.seconds[right]! / table.seconds[left]!) ** share;
}
