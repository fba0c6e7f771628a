import type { PrivateNames } from "./redactor.js";

/** Names gathered from the files of a report. */
export interface NameCollection {
  readonly tenants: Set<string>;
  readonly users: Set<string>;
  readonly jobs: Set<string>;
  readonly services: Set<string>;
  readonly files: Set<string>;
  readonly scenarios: Set<string>;
}

/** A collection with nothing in it. */
export function createNameCollection(): NameCollection {
  return {
    tenants: new Set(),
    users: new Set(),
    jobs: new Set(),
    services: new Set(),
    files: new Set(),
    scenarios: new Set(),
  };
}

/** The collection as lists. */
export function namesOf(names: NameCollection): PrivateNames {
  const { tenants, users, jobs, services, files, scenarios } = names;
  return {
    tenants: [...tenants],
    users: [...users],
    jobs: [...jobs],
    services: [...services],
    files: [...files],
    scenarios: [...scenarios],
  };
}

/** Lists of a result whose entries have private names, by the key they stand under, and the key of the name. */
const LISTS = {
  tenants: ["tenants", "name"],
  users: ["users", "name"],
  services: ["services", "name"],
  inputs: ["files", "path"],
} as const;

/**
 * Names in a JSON document of Headroom: of the scenario, of the entries of lists called `tenants`, `users`,
 * `services` and `inputs`, and in reasons that name a user.
 */
export function collectFromJson(value: unknown, names: NameCollection): void {
  if (typeof value === "string") {
    for (const [, user] of value.matchAll(/\buser "([^"]+)"/gu)) names.users.add(user!);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    if (key === "scenario" && typeof part === "string") names.scenarios.add(part);
    const list = LISTS[key as keyof typeof LISTS];
    if (list !== undefined && Array.isArray(part)) {
      const [kind, at] = list;
      for (const entry of part as readonly unknown[]) {
        const name = (entry as Readonly<Record<string, unknown>> | null)?.[at];
        if (typeof name === "string") names[kind].add(name);
      }
    }
    collectFromJson(part, names);
  }
}

/** Names in one record of a table of jobs, by the header of its columns. */
export function collectFromRow(
  header: readonly string[],
  row: readonly string[],
  names: NameCollection,
): void {
  header.forEach((column, index) => {
    const value = row[index] ?? "";
    if (value === "") return;
    if (column === "job_id") names.jobs.add(value);
    else if (column === "tenant") names.tenants.add(value);
    else if (column === "user") names.users.add(value);
    else if (column === "service") names.services.add(value);
    else if (column === "reason_waited") collectFromJson(value, names);
  });
}
