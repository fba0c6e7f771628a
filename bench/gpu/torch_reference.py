"""Times kernels of a suite with PyTorch, as an independent tool beside the cuda backend on the same machine.

    python3 torch_reference.py CASE... > torch.json

A CASE is the id of a case of `headroom bench run`: cuda/matmul/bf16/m8192-n8192-k8192 or cuda/copy/bf16/e268435456.
The file goes to `headroom bench run --reference torch.json`, which puts the ratio of times beside each case.
Needs python3 and torch with CUDA, nothing else. Random data, never zeros; median of 20 samples by CUDA events.
"""
import json
import re
import statistics
import sys

import torch

DTYPES = {"fp32": torch.float32, "tf32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
SAMPLES = 20
SAMPLE_S = 0.02


def kernel_of(case):
    """The work of one launch, as a function of nothing."""
    _, kernel, dtype, shape = case.split("/")[:4]
    sizes = {name: int(value) for name, value in re.findall(r"([a-z]+)(\d+)", shape)}
    torch.backends.cuda.matmul.allow_tf32 = dtype == "tf32"

    def make(*lengths):
        # The same numbers as Headroom draws: uniform in (-0.5, 1).
        return (torch.rand(lengths, device="cuda") * 1.5 - 0.5).to(DTYPES[dtype])

    if kernel == "matmul":
        a, b = make(sizes["m"], sizes["k"]), make(sizes["k"], sizes["n"])
        out = torch.empty(sizes["m"], sizes["n"], device="cuda", dtype=DTYPES[dtype])
        return lambda: torch.matmul(a, b, out=out)
    if kernel == "copy":
        x = make(sizes["e"])
        out = torch.empty_like(x)
        return lambda: out.copy_(x)
    raise SystemExit(f"torch_reference.py: no kernel {kernel} in {case}, only matmul and copy")


def time_of(work):
    """Seconds of one launch in each of several samples."""
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)

    def sample(launches):
        start.record()
        for _ in range(launches):
            work()
        end.record()
        torch.cuda.synchronize()
        return start.elapsed_time(end) / 1000 / launches

    sample(3)
    launches = max(1, round(SAMPLE_S / max(1e-7, sample(10))))
    sample(launches)
    return [sample(launches) for _ in range(SAMPLES)]


def main():
    if not torch.cuda.is_available():
        raise SystemExit("torch_reference.py: PyTorch sees no CUDA device")
    times = {}
    for case in sys.argv[1:]:
        samples = time_of(kernel_of(case))
        times[case] = {"timeS": statistics.median(samples), "samplesS": samples}
        torch.cuda.empty_cache()
    json.dump(
        {
            "schema": "headroom/benchmark-reference/v1",
            "tool": f"PyTorch {torch.__version__}, CUDA {torch.version.cuda}",
            "device": torch.cuda.get_device_name(0),
            "cases": times,
        },
        sys.stdout,
        indent=1,
    )


main()
