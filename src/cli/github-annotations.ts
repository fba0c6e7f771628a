import type { Problem } from "../diagnostics/problem.js";
import { sortProblems } from "../diagnostics/render-problems.js";

/** GitHub shows ten annotations per kind and step: nine problems and one "more". */
const ANNOTATIONS_MAX = 9;

/** Problems as GitHub workflow commands, so that they appear beside the line in a pull request. */
export function annotate(problems: readonly Problem[]): string {
  const sorted = sortProblems(problems);
  const lines = sorted.slice(0, ANNOTATIONS_MAX).map(annotation);
  const left = sorted.length - lines.length;
  if (left > 0) lines.push(`::error::and ${left} more problems; see the log`);
  return lines.map((line) => `${line}\n`).join("");
}

function annotation(problem: Problem): string {
  const properties: [string, string | number | undefined][] = [
    ["file", problem.file],
    ["line", problem.line],
    ["endLine", problem.endLine],
  ];
  // A column cannot be sent when the problem spans several lines.
  if (problem.line !== undefined && (problem.endLine ?? problem.line) === problem.line) {
    properties.push(["col", problem.col], ["endColumn", problem.endCol]);
  }
  properties.push(["title", problem.rule]);
  const text = properties
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
    .join(",");
  return `::error ${text}::${escapeData(problem.message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
