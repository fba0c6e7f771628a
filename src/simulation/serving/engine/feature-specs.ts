/** LoRA adapters on one engine, as vLLM keeps them. */
export interface AdapterSpec {
  /** Different adapters in one batch, each in memory of the GPU: `max_loras`. */
  readonly slots: number;
  /** Adapters kept in memory of the host: `max_cpu_loras`, `slots` by default. */
  readonly hostSlots?: number;
  /** Seconds to fetch an adapter that is in neither memory and put it on the GPU. */
  readonly loadS: number;
  /** Seconds to put one on the GPU that the host has; 0 by default. */
  readonly copyS?: number;
}

/** How the cache of a prompt comes from the engine that computed it. */
export interface TransferSpec {
  /** Cache of one token, over all GPUs of the replica. */
  readonly bytesPerToken: number;
  /** Rate at which a decoding replica receives; its fetches go one after the other. */
  readonly bytesPerS: number;
  readonly latencyS: number;
}

/** Layers of the model in stages, one after the other on GPUs of their own. */
export interface PipelineSpec {
  readonly stages: number;
  /** What a stage sends to the next: activations of one token. */
  readonly bytesPerToken: number;
  readonly bytesPerS: number;
  readonly latencyS: number;
}
