import { exp, log } from "../base/elementary.js";
import type { CalibrationFile } from "../performance/calibrated/calibration-file.js";
import { residualsOf } from "./residuals.js";

type Curve = CalibrationFile["bandwidth"][number];

/**
 * A bandwidth curve through measured sizes: straight lines in the logarithms of size and rate. Its residuals leave out
 * one inner point after the other.
 */
export function bandwidthCurve(
  name: Pick<Curve, "kernel" | "dtype">,
  points: readonly Curve["points"][number][],
): Curve {
  const sorted = points.toSorted((left, right) => left.bytes - right.bytes);
  const inner = sorted.slice(1, -1);
  const residuals =
    inner.length === 0
      ? undefined
      : residualsOf(
          inner.map((_unused, index) => between(sorted[index]!, sorted[index + 2]!, inner[index]!)),
          inner.map(({ bytesPerS }) => bytesPerS),
        );
  return { ...name, points: sorted, ...(residuals === undefined ? {} : { residuals }) };
}

function between(
  left: { readonly bytes: number; readonly bytesPerS: number },
  right: { readonly bytes: number; readonly bytesPerS: number },
  { bytes }: { readonly bytes: number },
): number {
  const width = log(right.bytes / left.bytes);
  if (!(width > 0)) return left.bytesPerS;
  const share = log(bytes / left.bytes) / width;
  return exp(log(left.bytesPerS) + share * log(right.bytesPerS / left.bytesPerS));
}
