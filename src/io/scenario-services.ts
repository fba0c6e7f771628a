import { InputError } from "../diagnostics/problem.js";
import { createGpuNames } from "../hardware/gpu-names.js";
import type { ResolvedConfiguration } from "../scenario/resolved.js";
import { settleService } from "../scenario/services/settle-service.js";
import type { SettledService } from "../scenario/services/settled-service.js";
import type { ServiceTexts } from "../scenario/services/service-question.js";
import type { FileReference } from "../scenario/trace-reference.js";
import { createRequestReader } from "../workload/requests/read-requests.js";
import type { RequestTable } from "../workload/requests/request-table.js";
import { readNamedFile } from "./scenario-files.js";
import type { LoadedFile } from "./scenario-texts.js";
import { openTraceFile } from "./trace-file.js";

/** Files of services, each read once, by path. */
interface ServiceFiles {
  readonly texts: ReadonlyMap<string, string>;
  readonly traces: ReadonlyMap<string, RequestTable>;
  readonly files: readonly LoadedFile[];
  /** In full sentences. */
  readonly warnings: readonly string[];
}

/** The services of every configuration, ready to be run, with the files they were read from. */
export interface LoadedServices {
  servicesOf(configuration: ResolvedConfiguration): readonly SettledService[];
  readonly files: readonly LoadedFile[];
  /** In full sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads the manifests, configurations of models and request traces that services name, and settles the services.
 *
 * @throws InputError with the problems of all services
 */
export async function loadServices(
  configurations: readonly ResolvedConfiguration[],
): Promise<LoadedServices> {
  const files = await readFiles(configurations);
  const settled = new Map<ResolvedConfiguration, readonly SettledService[]>();
  const problems = new Map<string, InputError["problems"][number]>();
  for (const configuration of configurations) {
    const services: SettledService[] = [];
    (configuration.services ?? []).forEach((service, index) => {
      try {
        services.push(settle(configuration, service, index, files));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        // A fault of the base is told once, however many variants share it.
        for (const one of error.problems)
          problems.set(`${one.file}:${one.line ?? 0}:${one.message}`, one);
      }
    });
    settled.set(configuration, services);
  }
  if (problems.size > 0) throw new InputError([...problems.values()]);
  return {
    servicesOf: (configuration) => settled.get(configuration) ?? [],
    files: files.files,
    warnings: files.warnings,
  };
}

type Service = NonNullable<ResolvedConfiguration["services"]>[number];

function settle(
  configuration: ResolvedConfiguration,
  { input, place, manifest, config, trace, rag }: Service,
  index: number,
  { texts, traces }: ServiceFiles,
): SettledService {
  const { cluster, nodeGroups, gpuModelsDeclared, calibrations } = configuration;
  const textOf = (reference: FileReference): { readonly path: string; readonly text: string } => ({
    path: reference.path,
    text: texts.get(reference.path)!,
  });
  const table = trace === undefined ? undefined : traces.get(trace.path)!;
  const named: ServiceTexts = {
    ...(manifest === undefined ? {} : { manifest: textOf(manifest) }),
    ...(config === undefined ? {} : { config: textOf(config) }),
    ...(table === undefined ? {} : { trace: table }),
    ...(rag === undefined ? {} : { rag: textOf(rag) }),
  };
  return settleService({
    input,
    place,
    path: `workload.services[${index}]`,
    machines: {
      ...{ nodes: cluster.nodes, nodeGroups },
      ...(calibrations === undefined ? {} : { calibrations }),
    },
    gpuNames: createGpuNames(gpuModelsDeclared),
    texts: named,
  });
}

async function readFiles(configurations: readonly ResolvedConfiguration[]): Promise<ServiceFiles> {
  const texts = new Map<string, string>();
  const traces = new Map<string, RequestTable>();
  const files: LoadedFile[] = [];
  const warnings: string[] = [];
  for (const { services = [] } of configurations) {
    for (const [index, { manifest, config, trace, rag }] of services.entries()) {
      const path = `workload.services[${index}]`;
      for (const [field, reference] of Object.entries({ manifest, config, "rag.manifest": rag })) {
        if (reference === undefined || texts.has(reference.path)) continue;
        const { text, file } = await readNamedFile(reference, `${path}.${field}`);
        texts.set(reference.path, text);
        files.push(file);
      }
      if (trace === undefined || traces.has(trace.path)) continue;
      const read = await readRequests(trace);
      traces.set(trace.path, read.requests);
      files.push(read.file);
      warnings.push(...read.warnings);
    }
  }
  return { texts, traces, files, warnings };
}

async function readRequests(trace: FileReference): Promise<{
  readonly requests: RequestTable;
  readonly file: LoadedFile;
  readonly warnings: readonly string[];
}> {
  const file = openTraceFile(trace.path);
  const reader = createRequestReader(trace.path);
  const decoder = new TextDecoder();
  for await (const chunk of file.chunks) reader.push(decoder.decode(chunk, { stream: true }));
  reader.push(decoder.decode());
  const { requests, unanswered, problems, problemCount } = reader.end();
  // A trace with broken rows is another one: what is left of it would answer another question.
  if (problemCount > 0) throw new InputError(problems);
  return {
    requests,
    file: { path: trace.written, sha256: file.sha256 ?? "" },
    warnings:
      unanswered > 0
        ? [`${trace.written}: ${unanswered} requests without an answer are left out.`]
        : [],
  };
}
