#!/bin/sh
# Measures this machine's GPU and leaves one file, headroom-result.json, beside this script (or as HEADROOM_OUT says).
#
#   ./run.sh                             the suite gpu on CUDA, beside PyTorch where python3 has it; about ten minutes
#   ./run.sh --suite smoke               any options of `headroom bench run` in place of these
#
# Needs no Node, no compiler and no network. Without a GPU it runs the suite smoke on the CPU, labelled software.
set -u
case $0 in
  */*) here=${0%/*} ;;
  *) here=. ;;
esac
here=$(CDPATH='' cd "$here" && pwd)
out=${HEADROOM_OUT:-$here/headroom-result.json}
# The host's own C++ library goes first: CUDA's libraries are made for it.
if ! "$here/node" --version >/dev/null 2>&1; then
  LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/lib
  export LD_LIBRARY_PATH
fi
if ! "$here/node" --version >/dev/null; then
  echo "run.sh: the Node in this bundle does not run here (it needs glibc 2.28 or newer on $("$here/node" -p process.arch 2>/dev/null || echo x86-64))" >&2
  exit 3
fi
bench() {
  "$here/node" "$here/app/dist/cli/main.js" bench "$@"
}

if [ $# -gt 0 ]; then
  bench run -o "$out" "$@"
  exit $?
fi

bench devices
reference=
if python3 -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' >/dev/null 2>&1; then
  echo "Beside PyTorch:" >&2
  if python3 "$here/torch_reference.py" \
    cuda/matmul/bf16/m8192-n8192-k8192 cuda/matmul/bf16/m2048-n2048-k2048 cuda/matmul/bf16/m4096-n14336-k4096 \
    cuda/matmul/fp16/m4096-n4096-k4096 cuda/matmul/tf32/m4096-n4096-k4096 cuda/matmul/fp32/m4096-n4096-k4096 \
    cuda/copy/fp32/e268435456 cuda/copy/bf16/e268435456 >"$here/torch.json"; then
    reference=$here/torch.json
  fi
fi
bench run --suite gpu --backend cuda -o "$out" ${reference:+--reference "$reference"}
status=$?
if [ $status -eq 3 ]; then
  echo "run.sh: no GPU could be measured; the suite smoke follows, on the CPU" >&2
  bench run --suite smoke -o "$out"
  status=$?
fi
exit $status
