import { formatPath } from "../../../diagnostics/field-path.js";
import type { CheckContext } from "../../check-context.js";
import type { FleetDocument } from "../schema/fleet-schema.js";
import type { SiteTemplateInput } from "../schema/sites-schema.js";

/** Kinds of sites a fleet may have before the check by kinds is given up. */
const KINDS_MAX = 10_000;

/** Sites that no stage can tell apart. */
interface SiteKind {
  readonly template: string;
  readonly labels: Readonly<Record<string, string>>;
}

type Stage = NonNullable<FleetDocument["rollouts"]>[number]["stages"][number];

/**
 * A site belongs to one stage at most, and to one at least unless the rest keeps the old version. Sites are checked
 * by kind, because what each draws is not known here; a label that differs from site to site (`site`) matches none.
 */
export function checkStageMembers(context: CheckContext, spec: FleetDocument): void {
  const all = kindsOf(spec);
  if (all === undefined) return;
  (spec.rollouts ?? []).forEach((rollout, index) => {
    const path = ["rollouts", index, "stages"];
    const names = (kind: SiteKind): readonly string[] =>
      rollout.stages.flatMap((stage) =>
        stage.groups
          .filter((group) => matches(kind, group))
          .map((group) => `${stage.name}/${group.name}`),
      );
    const kinds = all.filter(({ template }) => serves(spec, rollout.service, template));
    checkNamed(context, spec, rollout, index);
    const twice = kinds.find((kind) => names(kind).length > 1);
    if (twice !== undefined) {
      context.report({
        path,
        part: "key",
        rule: "bad-stages",
        message: `${formatPath(path)}: sites of ${wordsOf(twice)} are in ${names(twice).join(" and in ")}; a site can be in one group of one stage`,
      });
    }
    const bySite = rollout.stages.some((stage) =>
      stage.groups.some(({ labels }) => labels?.["site"] !== undefined),
    );
    const forgotten = kinds.find((kind) => names(kind).length === 0);
    if (forgotten === undefined || bySite || rollout.rest === "keep") return;
    context.report({
      path,
      part: "key",
      rule: "bad-stages",
      message: `${formatPath(path)}: sites of ${wordsOf(forgotten)} are in no stage`,
      help: "add a stage for them, or say rest: keep",
    });
  });
}

type Rollout = NonNullable<FleetDocument["rollouts"]>[number];

/** A model goes to sites that serve it; nodes of every site can be replaced. */
function serves(spec: FleetDocument, service: string | undefined, template: string): boolean {
  if (service === undefined) return true;
  const found = (spec.workload?.services ?? []).find(({ name }) => name === service);
  return found?.sites?.includes(template) ?? true;
}

/** A template named for a model that its sites do not serve. */
function checkNamed(
  context: CheckContext,
  spec: FleetDocument,
  rollout: Rollout,
  index: number,
): void {
  rollout.stages.forEach((stage, stageIndex) =>
    stage.groups.forEach((group, groupIndex) =>
      (group.sites ?? []).forEach((template, place) => {
        if (serves(spec, rollout.service, template)) return;
        const path = [
          "rollouts",
          index,
          "stages",
          stageIndex,
          "groups",
          groupIndex,
          "sites",
          place,
        ];
        context.report({
          path,
          rule: "bad-stages",
          message: `${formatPath(path)}: sites of ${template} do not serve ${rollout.service!}`,
        });
      }),
    ),
  );
}

function matches(kind: SiteKind, group: Stage["groups"][number]): boolean {
  if (group.sites !== undefined && !group.sites.includes(kind.template)) return false;
  return Object.entries(group.labels ?? {}).every(([key, value]) => kind.labels[key] === value);
}

function wordsOf({ template, labels }: SiteKind): string {
  const words = Object.entries(labels).flatMap(([key, value]) =>
    key === "template" ? [] : [`${key}=${value}`],
  );
  return words.length === 0 ? template : `${template} with ${words.join(", ")}`;
}

function kindsOf(spec: FleetDocument): readonly SiteKind[] | undefined {
  const kinds: SiteKind[] = [];
  for (const template of spec.fleet.sites ?? []) {
    let labels: readonly Readonly<Record<string, string>>[] = regionLabels(spec, template);
    for (const [label, values] of Object.entries(template.labelShares ?? {})) {
      const drawn = Object.entries(values).flatMap(([value, share]) => (share > 0 ? [value] : []));
      labels = labels.flatMap((known) => drawn.map((value) => ({ ...known, [label]: value })));
      if (kinds.length + labels.length > KINDS_MAX) return undefined;
    }
    kinds.push(...labels.map((one) => ({ template: template.name, labels: one })));
  }
  return kinds;
}

function regionLabels(
  spec: FleetDocument,
  template: SiteTemplateInput,
): readonly Readonly<Record<string, string>>[] {
  const own = { ...(template.labels ?? {}), template: template.name };
  const regions = spec.fleet.regions ?? [];
  const named = Object.keys(template.regions ?? {});
  const chosen = named.length === 0 ? regions : regions.filter(({ name }) => named.includes(name));
  if (chosen.length === 0) return [own];
  return chosen.map((region) => ({ ...(region.labels ?? {}), ...own, region: region.name }));
}
