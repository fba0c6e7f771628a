/** A catalogue file with every field, to start from; a test reads it. */
export const CATALOGUE_EXAMPLE = `# A catalogue of your own: GPUs, machines and prices that Headroom does not know, or that you know better.
# Use it with --file, or in a scenario: cluster: { catalogue: my-catalogue.yaml }
schema: headroom/catalogue/v1

gpus:
  - name: B300
    memory: 288GB
    memoryBandwidth: 7750GB/s      # this and the rates below may be left out
    bf16: 2250TFLOPS
    fp8: 4500TFLOPS
    power: 1100W
    source: data sheet of our supplier, 2026-10
    # mig: what "nvidia-smi mig -lgipp" and "-lgip" print; headroom import makes it from them
    mig:
      slices: 7
      slots: 8
      profiles:
        - { name: 1g.34gb, slices: 1, slots: 1, starts: [0, 1, 2, 3, 4, 5, 6] }
        - { name: 3g.135gb, slices: 3, slots: 4, starts: [0, 4] }
        - { name: 7g.269gb, slices: 7, slots: 8, starts: [0] }

nodes:
  - name: our-h100
    gpu: H100-80GB
    gpus: 8
    cpu: 112
    memory: 2TB
    hosting: bare-metal
    topologyLike: DGX H100         # or topology, as below
    source: offer 2026-114
  - name: our-l40s
    gpu: L40S
    gpus: 4
    cpu: 64
    memory: 512GiB
    hosting: bare-metal
    topology:
      numa: [{ gpus: [0, 1], nics: [0] }, { gpus: [2, 3] }]
      switches: [{ gpus: [0, 1] }, { gpus: [2, 3] }]
      nics: [{ link: ethernet-100 }]
    source: nvidia-smi topo -m on the machine

prices:
  - { node: our-h100, usdPerHour: 31.5, region: on-premises, asOf: 2026-11-01, source: offer 2026-114 over five years }
`;
