/** Name of a chart's specification inside the output folder. */
export function chartName(id: string): string {
  return `charts/${id}.vl.json`;
}
