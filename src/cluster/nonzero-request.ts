/**
 * What kube's scorers assume of a pod that asks for no CPU: 100 thousandths of a core.
 *
 * Source: Kubernetes 1.20 pkg/scheduler/util/non_zero.go. Kube applies it to an absent request and
 * keeps an explicit zero; a `PodRequest` does not tell the two apart, so zero means absent here.
 */
export const NONZERO_CPU_MILLI = 100;

/** What kube's scorers assume of a pod that asks for no memory: 200 MiB, in bytes (same source). */
export const NONZERO_MEMORY_BYTES = 200 * 1024 * 1024;

/** CPU a pod that asks for so much counts for in the kube scorers, both in thousandths of a core. */
export function nonzeroCpuMilli(cpuMilli: number): number {
  return cpuMilli === 0 ? NONZERO_CPU_MILLI : cpuMilli;
}

/** Memory a pod that asks for so much counts for in the kube scorers, both in bytes. */
export function nonzeroMemoryBytes(memoryBytes: number): number {
  return memoryBytes === 0 ? NONZERO_MEMORY_BYTES : memoryBytes;
}
