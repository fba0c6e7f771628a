/** What a pod demands of a label of its node. A node without the label has no value. */
export interface NodeSelectorRule {
  readonly label: string;
  /** The value must be one of these; absent: any value will do, if the node has the label. */
  readonly in?: readonly string[];
  /** The value must be none of these; a node without the label will do. */
  readonly notIn?: readonly string[];
}

/** One text per selector: the same for equal ones. */
export function nodeSelectorKey(selector: readonly NodeSelectorRule[]): string {
  return JSON.stringify(selector.map(({ label, in: values, notIn }) => [label, values, notIn]));
}

/** True when a node with these labels obeys every rule. */
export function selectsNode(
  selector: readonly NodeSelectorRule[],
  labels: Readonly<Record<string, string>>,
): boolean {
  return selector.every(({ label, in: values, notIn }) => {
    const value = Object.hasOwn(labels, label) ? labels[label]! : undefined;
    if (notIn !== undefined && value !== undefined && notIn.includes(value)) return false;
    if (values !== undefined) return value !== undefined && values.includes(value);
    return notIn !== undefined || value !== undefined;
  });
}

/** The rule in words: `zone in (eu-1, eu-2)`. */
export function describeRule({ label, in: values, notIn }: NodeSelectorRule): string {
  const parts = [
    ...(values === undefined ? [] : [`${label} in (${values.join(", ")})`]),
    ...(notIn === undefined ? [] : [`${label} not in (${notIn.join(", ")})`]),
  ];
  return parts.length === 0 ? `${label} exists` : parts.join(" and ");
}
