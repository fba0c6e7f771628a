import { InvalidArgumentError } from "commander";

import { IMAGE_KINDS, type ImageKind } from "../report/charts/chart-images.js";

/** Reads `svg,png`. @throws InvalidArgumentError for anything else */
export function parseImageKinds(text: string): readonly ImageKind[] {
  const kinds = text.split(",").map((kind) => kind.trim());
  const wrong = kinds.find((kind) => !IMAGE_KINDS.includes(kind as ImageKind));
  if (wrong === undefined) return [...new Set(kinds as ImageKind[])];
  throw new InvalidArgumentError(
    `there is no picture "${wrong}". Allowed: ${IMAGE_KINDS.join(", ")}.`,
  );
}
