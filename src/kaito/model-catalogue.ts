import type { ModelSpec } from "./model-spec.js";

/** Where the catalogue was read. */
export const MODEL_CATALOGUE_SOURCE =
  "kaito-project/kaito@056b8280 presets/workspace/models/model_catalog.yaml (figures of the models' config.json and file lists); read 2026-11-21";

/** One model per line; `-` where its config.json has no such figure. */
const TABLE = `
name                                            architecture                           GiB     tokens   layers  hidden  heads  kv   headDim  kvLora  qkRope  quantization          bits
microsoft/phi-4                                 Phi3ForCausalLM                        27.31   16384    40      5120    40     10   -        -       -       -                     -
microsoft/Phi-4-mini-instruct                   Phi3ForCausalLM                        7.15    131072   32      3072    24     8    -        -       -       -                     -
deepseek-ai/DeepSeek-R1-Distill-Llama-8B        LlamaForCausalLM                       14.96   131072   32      4096    32     8    -        -       -       -                     -
deepseek-ai/DeepSeek-R1-Distill-Qwen-14B        Qwen2ForCausalLM                       27.51   131072   48      5120    40     8    -        -       -       -                     -
microsoft/Phi-3-mini-4k-instruct                Phi3ForCausalLM                        7.12    4096     32      3072    32     32   -        -       -       -                     -
microsoft/Phi-3-mini-128k-instruct              Phi3ForCausalLM                        7.12    131072   32      3072    32     32   -        -       -       -                     -
microsoft/Phi-3-medium-4k-instruct              Phi3ForCausalLM                        26.0    4096     40      5120    40     10   -        -       -       -                     -
microsoft/Phi-3-medium-128k-instruct            Phi3ForCausalLM                        26.0    131072   40      5120    40     10   -        -       -       -                     -
microsoft/Phi-3.5-mini-instruct                 Phi3ForCausalLM                        7.12    131072   32      3072    32     32   -        -       -       -                     -
Qwen/Qwen2.5-Coder-7B-Instruct                  Qwen2ForCausalLM                       14.19   32768    28      3584    28     4    -        -       -       -                     -
Qwen/Qwen2.5-Coder-32B-Instruct                 Qwen2ForCausalLM                       61.03   32768    64      5120    40     8    -        -       -       -                     -
openai/gpt-oss-20b                              GptOssForCausalLM                      25.63   131072   24      2880    64     8    64       -       -       mxfp4                 -
openai/gpt-oss-120b                             GptOssForCausalLM                      121.54  131072   36      2880    64     8    64       -       -       mxfp4                 -
meta-llama/Llama-3.1-8B-Instruct                LlamaForCausalLM                       14.96   131072   32      4096    32     8    -        -       -       -                     -
meta-llama/Llama-3.3-70B-Instruct               LlamaForCausalLM                       131.42  131072   80      8192    64     8    -        -       -       -                     -
mistralai/Mistral-7B-v0.3                       MistralForCausalLM                     13.5    32768    32      4096    32     8    -        -       -       -                     -
mistralai/Mistral-7B-Instruct-v0.3              MistralForCausalLM                     13.5    32768    32      4096    32     8    -        -       -       -                     -
mistralai/Ministral-3-3B-Instruct-2512          Mistral3ForConditionalGeneration       4.35    262144   26      3072    32     8    128      -       -       fp8                   -
mistralai/Ministral-3-8B-Instruct-2512          Mistral3ForConditionalGeneration       9.7     262144   34      4096    32     8    -        -       -       fp8                   -
mistralai/Ministral-3-14B-Instruct-2512         Mistral3ForConditionalGeneration       14.65   262144   40      5120    32     8    128      -       -       fp8                   -
google/gemma-3-4b-it                            Gemma3ForConditionalGeneration         8.01    131072   34      2560    8      4    256      -       -       -                     -
google/gemma-3-27b-it                           Gemma3ForConditionalGeneration         51.1    131072   62      5376    32     16   128      -       -       -                     -
deepseek-ai/DeepSeek-R1-0528                    DeepseekV3ForCausalLM                  641.3   163840   61      7168    128    128  -        512     64      fp8                   -
deepseek-ai/DeepSeek-V3-0324                    DeepseekV3ForCausalLM                  641.3   163840   61      7168    128    128  -        512     64      fp8                   -
mistralai/Mistral-Large-3-675B-Instruct-2512    MistralLarge3ForCausalLM               634.7   294912   61      7168    128    128  192      512     64      float-quantized       -
nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16   NemotronHForCausalLM                   230.25  262144   88      4096    32     2    -        -       -       -                     -
nvidia/Nemotron-Cascade-2-30B-A3B               NemotronHForCausalLM                   58.82   262144   52      2688    32     2    128      -       -       -                     -
nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16      NemotronHForCausalLM                   58.82   262144   52      2688    32     2    128      -       -       -                     -
nvidia/NVIDIA-Nemotron-Nano-12B-v2-VL-BF16      NemotronH_Nano_VL_V2                   24.55   131072   62      5120    40     8    -        -       -       -                     -
nvidia/NVIDIA-Nemotron-Nano-9B-v2               NemotronHForCausalLM                   16.56   131072   56      4480    40     8    128      -       -       -                     -
nvidia/NVIDIA-Nemotron-3-Nano-4B-BF16           NemotronHForCausalLM                   7.4     262144   42      3136    40     8    128      -       -       -                     -
Qwen/Qwen3-8B-AWQ                               Qwen3ForCausalLM                       5.68    40960    36      4096    32     8    -        -       -       awq                   4
google/gemma-4-31B-it                           Gemma4ForConditionalGeneration         58.25   262144   60      5376    32     16   256      -       -       -                     -
google/gemma-4-26B-A4B-it                       Gemma4ForConditionalGeneration         48.07   262144   30      2816    16     8    256      -       -       -                     -
google/gemma-4-E4B-it                           Gemma4ForConditionalGeneration         14.89   131072   42      2560    8      2    256      -       -       -                     -
google/gemma-4-E2B-it                           Gemma4ForConditionalGeneration         9.54    131072   35      1536    8      1    256      -       -       -                     -
mistralai/Mistral-Small-4-119B-2603             Mistral3ForConditionalGeneration       112.63  1048576  36      4096    32     32   -        256     64      fp8                   -
mistralai/Mistral-Small-4-119B-2603-NVFP4       Mistral3ForConditionalGeneration       65.95   1048576  36      4096    32     32   -        256     64      nvfp4-pack-quantized  -
Qwen/Qwen3.5-2B                                 Qwen3_5ForConditionalGeneration        4.24    262144   24      2048    8      2    -        -       -       -                     -
Qwen/Qwen3.5-4B                                 Qwen3_5ForConditionalGeneration        8.68    262144   32      2560    16     4    256      -       -       -                     -
Qwen/Qwen3.5-9B                                 Qwen3_5ForConditionalGeneration        17.98   262144   32      4096    16     4    -        -       -       -                     -
Qwen/Qwen3.5-122B-A10B-GPTQ-Int4                Qwen3_5MoeForConditionalGeneration     73.47   262144   48      3072    32     2    256      -       -       gptq                  4
Qwen/Qwen3.5-122B-A10B                          Qwen3_5MoeForConditionalGeneration     232.99  262144   48      3072    32     2    256      -       -       -                     -
Qwen/Qwen3.6-35B-A3B-FP8                        Qwen3_5MoeForConditionalGeneration     34.9    262144   40      2048    16     2    256      -       -       fp8                   -
Qwen/Qwen3.6-35B-A3B                            Qwen3_5MoeForConditionalGeneration     66.97   262144   40      2048    16     2    256      -       -       -                     -
Qwen/Qwen3.6-27B                                Qwen3_5ForConditionalGeneration        51.75   262144   64      5120    24     4    256      -       -       -                     -
Qwen/Qwen3.5-397B-A17B-GPTQ-Int4                Qwen3_5MoeForConditionalGeneration     219.56  262144   60      4096    32     2    256      -       -       gptq                  4
moonshotai/Kimi-K2.5                            KimiK25ForConditionalGeneration        554.32  262144   61      7168    64     64   -        512     64      pack-quantized        -
moonshotai/Kimi-K2.6                            KimiK25ForConditionalGeneration        554.32  262144   61      7168    64     64   -        512     64      pack-quantized        -
MiniMaxAI/MiniMax-M2.7                          MiniMaxM2ForCausalLM                   214.34  204800   62      3072    48     8    128      -       -       fp8                   -
mistralai/Mistral-Medium-3.5-128B               Mistral3ForConditionalGeneration       124.43  262144   88      12288   96     8    -        -       -       fp8                   -
deepseek-ai/DeepSeek-V4-Flash-0731              DeepseekV4ForCausalLM                  155.43  1048576  43      4096    64     1    512      -       64      fp8                   -
deepseek-ai/DeepSeek-V4-Pro                     DeepseekV4ForCausalLM                  805.34  1048576  61      7168    128    1    512      -       64      fp8                   -
google/gemma-4-12B-it                           Gemma4UnifiedForConditionalGeneration  22.28   262144   48      3840    16     8    256      -       -       -                     -
zai-org/GLM-5.2-FP8                             GlmMoeDsaForCausalLM                   703.75  1048576  78      6144    64     64   192      512     64      fp8                   -
moonshotai/Kimi-K2.7-Code                       KimiK25ForConditionalGeneration        554.32  262144   61      7168    64     64   -        512     64      pack-quantized        -
nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-NVFP4  NemotronHForCausalLM                   328.13  262144   108     8192    64     2    -        -       -       MIXED_PRECISION       -
deepseek-ai/DeepSeek-V3.2                       DeepseekV32ForCausalLM                 642.14  163840   61      7168    128    128  -        512     64      fp8                   -
ibm-granite/granite-4.1-8b                      GraniteForCausalLM                     16.38   131072   40      4096    32     8    -        -       -       -                     -
Qwen/Qwen3.8-27B                                Qwen3_5ForConditionalGeneration        51.75   262144   64      5120    24     4    256      -       -       -                     -
`;

/** The 60 models of KAITO's registry, in its order. Sizes are sums of weight files as KAITO prints them. */
export const MODEL_CATALOGUE: readonly ModelSpec[] = TABLE.trim().split("\n").slice(1).map(modelOf);

function modelOf(line: string): ModelSpec {
  const cells = line.split(/\s{2,}/);
  const number = (index: number): number => Number(cells[index]);
  const known = (index: number): boolean => (cells[index] ?? "-") !== "-";
  return {
    name: cells[0]!,
    architecture: cells[1]!,
    weightsGi: number(2),
    tokenLimit: number(3),
    layers: number(4),
    hiddenSize: number(5),
    heads: number(6),
    kvHeads: number(7),
    ...(known(8) ? { headDim: number(8) } : {}),
    ...(known(9) ? { kvLoraRank: number(9) } : {}),
    ...(known(10) ? { qkRopeHeadDim: number(10) } : {}),
    ...(known(11) ? { quantization: cells[11]! } : {}),
    ...(known(12) ? { quantizationBits: number(12) } : {}),
  };
}
