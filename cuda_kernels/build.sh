#!/usr/bin/env bash
# Builds the kernels, the benchmark and, where TensorRT's headers are, the plugin, with nvcc alone.
#   cuda_kernels/build.sh [SM ...]      72 for Jetson Xavier, 87 for Orin, 75 80 86 89 90 for servers; left out: this device's
# Environment: NVCC, TENSORRT_INCLUDE, OUT (default build/cuda_kernels).
set -euo pipefail
cd "$(dirname "$0")"

find_nvcc() {
  local candidate
  for candidate in "${NVCC:-}" "$(command -v nvcc || true)" /usr/local/cuda/bin/nvcc; do
    [[ -n $candidate && -x $candidate ]] && { echo "$candidate"; return; }
  done
  echo "expected nvcc in PATH or /usr/local/cuda/bin; on a Jetson: apt-get install nvidia-jetpack" >&2
  exit 1
}

this_device() {
  local model
  model=$(cat /proc/device-tree/model 2>/dev/null | tr -d '\0' || true)
  case $model in
    *Xavier*) echo 72 ;;
    *Orin*) echo 87 ;;
    *) nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | tr -d . | sort -u || true ;;
  esac
}

find_tensorrt() {
  local folder
  for folder in "${TENSORRT_INCLUDE:-}" /usr/include/aarch64-linux-gnu /usr/include/x86_64-linux-gnu; do
    [[ -n $folder && -f $folder/NvInferRuntime.h ]] && { echo "$folder"; return; }
  done
  return 0
}

nvcc=$(find_nvcc)
out=${OUT:-../build/cuda_kernels}
targets=("$@")
(($#)) || mapfile -t targets < <(this_device)
((${#targets[@]})) || { echo "expected the SM as an argument, since there is no device here: build.sh 87" >&2; exit 1; }
mkdir -p "$out"

# Without fused multiply-add the device computes what the tests computed on the host, to the last bit but exp's.
flags=(-std=c++14 -O3 -fmad=false -lineinfo -cudart shared -Xcompiler -fPIC)
for sm in "${targets[@]}"; do flags+=(-gencode "arch=compute_$sm,code=sm_$sm"); done

"$nvcc" "${flags[@]}" -shared -o "$out/libtraffic_kernels.so" kernels/*.cu
# shellcheck disable=SC2016  # $ORIGIN is for the loader
"$nvcc" "${flags[@]}" -o "$out/bench" bench/bench.cu -L"$out" -ltraffic_kernels -Xlinker '-rpath=$ORIGIN'

tensorrt=$(find_tensorrt)
if [[ -n $tensorrt ]]; then
  major=$(grep -Eo 'define (NV_TENSORRT_MAJOR|TRT_MAJOR_ENTERPRISE) [0-9]+' "$tensorrt/NvInferVersion.h" | grep -Eo '[0-9]+$' | head -n 1)
  interface=mish_v3.cpp
  ((major < 10)) && interface=mish_v2.cpp
  "$nvcc" "${flags[@]}" -isystem "$tensorrt" -shared -o "$out/libtraffic_plugin.so" \
    plugin/mish_core.cpp "plugin/$interface" kernels/mish.cu kernels/status.cu -ldl
else
  echo "no TensorRT headers (apt-get install libnvinfer-dev, or TENSORRT_INCLUDE=...): no plugin" >&2
fi
ls -l "$out"/*.so "$out/bench"
