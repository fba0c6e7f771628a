/** Name of a chart's specification inside the output folder. */
export function chartName(id: string): string {
  return `charts/${id}.vl.json`;
}

/** A name as a part of a chart's id: letters, digits and hyphens. */
export function chartIdPart(name: string): string {
  return name.replace(/[^A-Za-z0-9-]+/g, "-");
}
