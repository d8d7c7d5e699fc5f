#!/usr/bin/env bash
# `make device-check`: builds the kernels for this machine's GPU, then tests and measures. Every part runs, whatever
# failed before it; at the end the failed ones are told, and the exit code is 1 if there are any.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
built=build/cuda_kernels
failed=()

part() {  # NAME COMMAND...
  echo "== $1" >&2
  "${@:2}" || failed+=("$1")
}

[[ -x $bin/python ]] || { echo "expected .venv with traffic in it: see deploy/jetson/README.md, or make .venv/.ready" >&2; exit 1; }
cuda_kernels/build.sh || { echo "the kernels cannot be built; nothing else was tried" >&2; exit 1; }
export TRAFFIC_KERNELS=$built/libtraffic_kernels.so
plugin=()
[[ ! -f $built/libtraffic_plugin.so ]] || plugin=(--plugin "$built/libtraffic_plugin.so")

part 'test packages' "$bin/python" -m pip install --quiet 'pytest>=8.3,<10' 'pytest-timeout>=2.3,<3' 'hypothesis>=6.115,<7' \
  'onnx>=1.17,<2' 'onnx-graphsurgeon>=0.6,<0.7' 'onnxruntime>=1.20,<2'
part 'tests' "$bin/pytest" -m 'not slow' --continue-on-collection-errors tests/cuda_kernels tests/inference
part 'kernels, measured' "$built/bench"
part 'steps, measured' "$bin/traffic" bench device --kernels "$TRAFFIC_KERNELS" --out build/device-check ${plugin[@]+"${plugin[@]}"}

((${#failed[@]} == 0)) && exit 0
printf 'FAILED: %s\n' "${failed[@]}" >&2
exit 1
