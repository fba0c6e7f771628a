import type { BackendName } from "../backend.js";
import type { KernelSpec } from "../kernels/kernel-spec.js";

/** A suite: which kernels in which sizes, and how often they are measured. */
export interface Suite {
  readonly name: string;
  readonly description: string | undefined;
  readonly sampling: SuiteSampling;
  readonly cases: readonly SuiteCase[];
}

/** How long and how often a suite measures. */
export interface SuiteSampling {
  /** Fewest processes per case and build. */
  readonly processes: number;
  /** Most processes per case and build. */
  readonly processesMax: number;
  /** Half of the 95 % interval's width over its middle, below which a case needs no more processes. */
  readonly precision: number;
  readonly samples: number;
  readonly warmUpSamples: number;
  readonly sampleS: number;
  readonly caseS: number;
  /** No new round of processes begins that would end later, in seconds from the start. */
  readonly budgetS: number;
}

/** What several tenants are: threads of one process (one client of MPS), or processes, as containers are. */
export const TENANTS_AS = ["threads", "processes"] as const;

/** What several tenants are. */
export type TenantsAs = (typeof TENANTS_AS)[number];

/** One kernel of a suite, on every backend that can run it or on those named. */
export interface SuiteCase {
  readonly spec: KernelSpec;
  readonly tenants: readonly number[];
  readonly tenantsAs: TenantsAs;
  readonly backends: readonly BackendName[] | undefined;
  readonly labels: readonly string[];
}

/** What holds where a suite says nothing. Ten processes find a slowdown of 5 % in a suite of 50 cases at 2 % noise. */
export const SAMPLING_DEFAULTS: SuiteSampling = {
  processes: 10,
  processesMax: 20,
  precision: 0.02,
  samples: 20,
  warmUpSamples: 3,
  sampleS: 0.002,
  caseS: 2,
  budgetS: 1800,
};
