import type { PlanDocument, PlanGroupResult, PlanOption } from "./plan-document.js";

/** "Buy 14 × HGX H100, bare metal, InfiniBand"; "Buy 4 × HGX H100 more (8 in all) and rent 1 node with 8 H100, queue sjf". */
export function whatToBuy(best: PlanOption, { space }: Pick<PlanDocument, "space">): string {
  const counted = best.groups.filter(({ isDecided, nodes }) => isDecided && nodes > 0);
  const choices = best.choices.flatMap(({ decision, choice }, index) =>
    space.decisions[index]!.isCount ? [] : [choiceWords(decision, choice)],
  );
  const orders = counted.filter(({ nodes, have }) => nodes > have);
  const acts = [
    act(
      "buy",
      orders.filter(({ isBought }) => isBought),
      counted,
    ),
    act(
      "rent",
      orders.filter(({ isBought }) => !isBought),
      counted,
    ),
    act(
      "keep",
      counted.filter(({ nodes, have }) => nodes <= have),
      counted,
    ),
  ].filter((words) => words !== "");
  const extras = [...hostingWords(counted, choices), ...choices];
  const words =
    acts.length === 0 ? `choose ${extras.join(", ")}` : [joined(acts), ...extras].join(", ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function act(
  verb: string,
  groups: readonly PlanGroupResult[],
  all: readonly PlanGroupResult[],
): string {
  return groups.length === 0
    ? ""
    : `${verb} ${joined(groups.map((group) => nodesWords(group, all)))}`;
}

function joined(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)!}`;
}

function nodesWords(
  { name, label, nodes, have }: PlanGroupResult,
  all: readonly PlanGroupResult[],
): string {
  const twin = all.filter((group) => group.label === label).length > 1 ? ` (${name})` : "";
  const words = (count: number): string =>
    label.startsWith("node ")
      ? `${count} ${count === 1 ? "node" : "nodes"}${label.slice(4)}${twin}`
      : `${count} × ${label}${twin}`;
  if (have === 0) return words(nodes);
  if (have === nodes) return `the ${words(have)} there ${have === 1 ? "is" : "are"}`;
  if (nodes < have) return `${nodes} of the ${words(have)} there are`;
  return `${words(nodes - have)} more (${nodes} in all)`;
}

/** How the machines are hosted, where all are alike and no choice says it already. */
function hostingWords(
  counted: readonly PlanGroupResult[],
  choices: readonly string[],
): readonly string[] {
  const kinds = [...new Set(counted.map(({ hosting }) => hosting))];
  const [kind] = kinds;
  if (kinds.length !== 1 || kind === null || kind === undefined) return [];
  const words = kind === "vm" ? "virtual machines" : "bare metal";
  return choices.some((choice) => /bare.?metal|virtual|\bVMs?\b/i.test(choice)) ? [] : [words];
}

/** A choice that has no name but its path in the scenario needs the last word of it: "queue easy-backfill". */
function choiceWords(decision: string, choice: string): string {
  if (!/^[A-Za-z]+(?:\[[^\]]*\])?\./.test(decision)) return choice;
  const last = decision.split(".").at(-1)!.replace(/\[.*$/, "");
  const words = last.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return `${words} ${choice}`;
}
