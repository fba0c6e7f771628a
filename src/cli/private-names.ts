import type { LoadedScenario } from "../io/load-scenario.js";
import type { PrivateNames } from "../report/redact/redactor.js";
import type { JobTable } from "../workload/job-table.js";

/** Everybody whom tables of jobs name. */
export function namesInJobs(tables: readonly JobTable[]): Partial<PrivateNames> {
  return {
    tenants: tables.flatMap(({ tenantNames }) => tenantNames),
    users: tables.flatMap(({ userNames = [] }) => userNames),
    jobs: tables.flatMap(({ ids }) => [...ids]),
  };
}

/**
 * Everybody whom scenarios name: in their jobs, their services and their files.
 *
 * @param allowedFolders as on the command line, which a report repeats
 */
export function namesInScenarios(
  scenarios: readonly LoadedScenario[],
  allowedFolders: readonly string[],
): Partial<PrivateNames> {
  const configurations = scenarios.flatMap(({ base, variants }) => [base, ...variants]);
  return {
    ...namesInJobs(configurations.map(({ jobs }) => jobs)),
    services: configurations.flatMap(({ services }) => services.map(({ name }) => name)),
    files: [
      ...scenarios.flatMap(({ inputs }) => inputs.map(({ path }) => path)),
      ...allowedFolders,
    ],
    scenarios: scenarios.map(({ scenario }) => scenario.name),
  };
}
