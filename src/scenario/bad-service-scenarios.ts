/** One wrong scenario: a replacement in the valid one, a whole text, or arguments of --set. */
export interface BadScenario {
  readonly title: string;
  readonly replace?: readonly (readonly [from: string, to: string])[];
  readonly text?: string;
  readonly sets?: readonly string[];
  readonly texts?: Readonly<Record<string, string>>;
}

const SERVICE = [
  "workload:",
  "  services:",
  "    - name: chat",
  "      model: llama-3.1-8b-instruct",
  "      replicas: { min: 1, max: 4 }",
  "      autoscaler: { hpa: { metrics: [{ metric: requests_per_second, target: 2 }] } }",
  "      targets: [{ class: long, ttft: 2s }]",
  "      traffic:",
  "        classes: [{ name: long, prompt: { fixed: 900 }, output: { min: 1, max: 200 } }]",
  "        requestsPerSecond: 3",
  "        duration: 10m",
  "",
].join("\n");

/** One line of the service is replaced. */
const with_ = (title: string, ...pairs: readonly (readonly [string, string])[]): BadScenario => ({
  title: `a service: ${title}`,
  replace: [
    [
      "workload:\n",
      pairs.reduce((text, [from, to]) => {
        if (!text.includes(from)) throw new Error(`no "${from}" in the service`);
        return text.replace(from, to);
      }, SERVICE),
    ],
  ],
});

/** Services beside the jobs of the valid scenario. */
export function serviceCases(): readonly BadScenario[] {
  return [
    with_("a misspelt model", ["llama-3.1-8b-instruct", "lama-3.1-8b-instruct"]),
    with_("a model that fits nowhere", ["llama-3.1-8b-instruct", "llama-3.3-70b-instruct"]),
    with_("a model that only a config.json describes", ["llama-3.1-8b-instruct", "acme/own-model"]),
    with_("two models", ["      replicas", "      config: config.json\n      replicas"]),
    with_("no model", ["      model: llama-3.1-8b-instruct\n", ""]),
    with_("more replicas at the least than at the most", ["min: 1", "min: 5"]),
    with_("a first number out of range", ["max: 4", "max: 4, initial: 9"]),
    with_("a fixed number with an autoscaler", ["{ min: 1, max: 4 }", "2"]),
    with_("no replica at all", ["{ min: 1, max: 4 }", "0"]),
    with_("an HPA to zero", ["min: 1", "min: 0"]),
    with_("a range without an autoscaler", [
      "      autoscaler: { hpa: { metrics: [{ metric: requests_per_second, target: 2 }] } }\n",
      "",
    ]),
    with_("a misspelt metric", ["requests_per_second,", "request_per_second,"]),
    with_("two autoscalers", ["autoscaler: {", "autoscaler: { keda: { triggers: [] },"]),
    with_("thresholds the wrong way round", [
      "hpa: { metrics: [{ metric: requests_per_second, target: 2 }] }",
      "kedaKaito: { metrics: [{ metric: requests_per_second, up: 2, down: 3 }] }",
    ]),
    with_("prompts of no token", ["fixed: 900", "fixed: 0"]),
    with_("prompts of a billion tokens", ["fixed: 900", "fixed: 1000000000"]),
    with_("lengths without an end", ["{ min: 1, max: 200 }", "{ median: 100, sigma: 1 }"]),
    with_("no rate", ["        requestsPerSecond: 3\n", ""]),
    with_("no duration", ["        duration: 10m\n", ""]),
    with_("two sources of requests", [
      "        requests",
      "        preset: azure-2023-code\n        requests",
    ]),
    with_("a misspelt preset", [
      "classes: [{ name: long, prompt: { fixed: 900 }, output: { min: 1, max: 200 } }]",
      "preset: azure-2023-chat",
    ]),
    with_("targets of a class that nobody has", ["class: long", "class: short"]),
    with_("targets without a bound", [", ttft: 2s", ""]),
    with_("a trace outside of the project", [
      "classes: [{ name: long, prompt: { fixed: 900 }, output: { min: 1, max: 200 } }]\n        requestsPerSecond: 3",
      "trace: /etc/requests.csv",
    ]),
    with_("MIG with tensor parallelism", [
      "      replicas",
      "      mig: 1g.10gb\n      parallelism: { tensor: 2 }\n      replicas",
    ]),
    ...retrievalCases(),
  ];
}

/** Retrieval before generation. */
function retrievalCases(): readonly BadScenario[] {
  const rag = (title: string, embedding: string, search: string): BadScenario =>
    with_(`retrieval: ${title}`, [
      "      traffic:",
      `      rag:\n        embedding: ${embedding}\n        search: ${search}\n      traffic:`,
    ]);
  const encoder = "{ model: bge-base-en-v1.5, cores: 4 }";
  const search = "{ vectors: 1000 }";
  return [
    rag("a misspelt encoder", "{ model: bge-bas-en-v1.5, cores: 4 }", search),
    rag("no cores", "{ model: bge-base-en-v1.5, cores: 0 }", search),
    rag("neither cores nor a GPU", "{ model: bge-base-en-v1.5 }", search),
    rag("cores and a GPU", "{ model: bge-base-en-v1.5, cores: 4, gpu: L4 }", search),
    rag("a misspelt GPU", "{ model: bge-base-en-v1.5, gpu: L44 }", search),
    rag("a model and a time", "{ model: bge-base-en-v1.5, cores: 4, time: 9ms }", search),
    rag("neither a model nor a time", "{ cores: 4 }", search),
    rag("a time without a unit", "{ time: 9 }", search),
    rag("a model with concurrency", `${encoder.slice(0, -2)}, concurrency: 2 }`, search),
    rag("no vectors", encoder, "{ vectors: 0 }"),
    rag("neither vectors nor a time", encoder, "{ cores: 4 }"),
    rag("vectors and a time", encoder, "{ vectors: 1000, time: 9ms }"),
    rag("dimensions of another encoder", encoder, "{ vectors: 1000, dimensions: 384 }"),
    rag("vectors that nobody knows the length of", "{ time: 9ms }", search),
    rag("a misspelt index", encoder, "{ vectors: 1000, index: hsnw }"),
  ];
}
