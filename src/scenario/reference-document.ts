import type { ScenarioFormat } from "./format.js";
import { fieldExample, fieldTypeText } from "./field-text.js";
import type { ScenarioField } from "./field-tree.js";
import { allFields } from "./field-tree.js";
import { SCENARIO_RULES } from "./rules.js";

/** The JSON Schema as it stands in `schema/scenario.schema.json`. */
export function scenarioSchemaText(format: ScenarioFormat): string {
  return `${JSON.stringify(format.jsonSchema, null, 2)}\n`;
}

/**
 * The reference of the scenario format in Markdown: one section per map, made from the schema that checks
 * scenarios, so it cannot say anything else than what is checked.
 */
export function scenarioReference(format: ScenarioFormat): string {
  return referenceOf(format.fields, {
    title: "Scenario reference",
    file: "A scenario is",
    schema: "../schema/scenario.schema.json",
    explain: "headroom explain PATH",
    rest: rulesSection(),
  });
}

/** The reference of a format, as `scenarioReference` writes that of scenarios. */
export function referenceOf(
  fields: ScenarioField,
  about: {
    readonly title: string;
    /** Begins the sentence that says what its files are. */
    readonly file: string;
    readonly schema: string;
    readonly explain: string;
    /** Lines after the sections. */
    readonly rest: readonly string[];
  },
): string {
  const sections = [fields, ...allFields(fields).filter((field) => ownChildren(field).length > 0)];
  return `${[
    `# ${about.title}`,
    "",
    "<!-- Generated from the schema by `npm run docs:generate`. Changes made here are lost. -->",
    "",
    fields.description,
    `${about.file} a YAML 1.2 file. Fields that are not listed here are refused. \`${about.explain}\` prints`,
    "any of them in the terminal, and editors complete them when the file begins with",
    `\`# yaml-language-server: $schema=${about.schema}\`.`,
    "",
    ...sections.flatMap(sectionOf),
    ...about.rest,
  ].join("\n")}\n`;
}

/** Children that are fields; the items of a list of plain values are no field. */
function ownChildren(field: ScenarioField): readonly ScenarioField[] {
  return field.children.filter((child) => child.name !== "[]");
}

function sectionOf(section: ScenarioField): readonly string[] {
  const children = ownChildren(section);
  const isList = section.type.startsWith("list");
  const title = section.path === "" ? "Top level" : `\`${section.path}${isList ? "[]" : ""}\``;
  return [
    `## ${title}`,
    "",
    ...(section.path === "" ? [] : [section.description, ""]),
    "| field | type | default | meaning |",
    "|---|---|---|---|",
    ...children.map(rowOf),
    "",
    ...children.flatMap(detailsOf),
  ];
}

function rowOf(field: ScenarioField): string {
  const isDefault = "default" in field ? `\`${String(field.default)}\`` : "";
  const unit = field.unit === undefined ? "" : ` Written in: ${field.unit}.`;
  const only = field.onlyFor === undefined ? "" : ` Only for ${field.onlyFor.join(", ")}.`;
  const cells = [
    `\`${field.name}\``,
    fieldTypeText(field),
    isDefault,
    `${field.description}${unit}${only}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function detailsOf(field: ScenarioField): readonly string[] {
  const example = fieldExample(field);
  const isLong = example?.includes("\n") === true;
  const values = field.allowed?.filter((value) => value.description !== undefined) ?? [];
  return [
    ...(values.length === 0
      ? []
      : [
          `Values of \`${field.name}\`:`,
          "",
          ...values.map(({ value, description }) => `- \`${value}\`: ${description ?? ""}`),
          "",
        ]),
    ...(isLong ? [`Example of \`${field.name}\`:`, "", "```yaml", example, "```", ""] : []),
  ];
}

function rulesSection(): readonly string[] {
  return [
    "## Names of rules",
    "",
    "Every message about a scenario ends with the name of the rule that was broken.",
    "",
    "| rule | meaning |",
    "|---|---|",
    ...Object.entries(SCENARIO_RULES).map(([rule, meaning]) => `| \`${rule}\` | ${meaning} |`),
  ];
}
