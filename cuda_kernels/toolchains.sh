#!/usr/bin/env bash
# Puts what the checks without a device need below data/toolchains; nothing outside that folder is changed.
#   cuda_kernels/toolchains.sh cuda-11.8     nvcc 11.8, the last Debian packages, for sm_72 (Jetson Xavier)
#   cuda_kernels/toolchains.sh headers       TensorRT's headers, to compile the plugin; never part of this project
#   cuda_kernels/toolchains.sh registries    TensorRT 10.16's and 11.4's plugin registries, 5 MB each
# For aarch64 objects: apt-get install g++-aarch64-linux-gnu. For sm_87 and later: CUDA 12 or 13 in /usr/local/cuda.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p data/toolchains
cd data/toolchains
python=${PYTHON:-$PWD/../../.venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch_wheels() {  # NAME==VERSION ...: unpacked into $work/wheels
  "$python" -m pip download --quiet --no-deps --dest "$work/download" "$@"
  for wheel in "$work"/download/*.whl; do "$python" -m zipfile -e "$wheel" "$work/wheels"; done
}

fetch_debian_toolkit() {  # unpacked into $work/unpacked, by lists of its own
  mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
  echo "deb http://deb.debian.org/debian bookworm main contrib non-free" >"$work/apt/sources.list"
  local options=(-o "Dir::Etc::sourcelist=$work/apt/sources.list" -o Dir::Etc::sourceparts=- -o APT::Sandbox::User=root
    -o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache")
  apt-get "${options[@]}" -qq update
  (cd "$work" && apt-get "${options[@]}" -qq download nvidia-cuda-toolkit && dpkg -x nvidia-cuda-toolkit_*.deb unpacked)
}

make_cuda_11_8() {
  fetch_debian_toolkit
  fetch_wheels nvidia-cuda-runtime-cu11==11.8.89 nvidia-cuda-nvcc-cu11==11.8.89
  rm -rf cuda-11.8
  mkdir -p cuda-11.8/{bin,include,nvvm/bin,nvvm/libdevice}
  local library=$work/unpacked/usr/lib/nvidia-cuda-toolkit
  cp -r "$library/bin/nvcc" "$library/bin/crt" cuda-11.8/bin
  for program in cudafe++ ptxas fatbinary nvlink bin2c cuobjdump; do cp "$work/unpacked/usr/bin/$program" cuda-11.8/bin; done
  cp "$library/bin/cicc" cuda-11.8/nvvm/bin
  cp "$library"/libdevice/* cuda-11.8/nvvm/libdevice
  cp -r "$work"/wheels/nvidia/cuda_runtime/include/. "$work"/wheels/nvidia/cuda_nvcc/include/. cuda-11.8/include
  # shellcheck disable=SC2016  # the variables are nvcc's
  printf '%s\n' 'TOP = $(_HERE_)/..' 'NVVMIR_LIBRARY_DIR = $(TOP)/nvvm/libdevice' \
    'PATH += $(TOP)/nvvm/bin:$(_HERE_):' 'INCLUDES += "-I$(TOP)/include" $(_SPACE_)' >cuda-11.8/bin/nvcc.profile
}

make_headers() {
  fetch_wheels kernel-lens==2.0.1
  rm -rf tensorrt-headers
  cp -r "$work/wheels/kernel_lens/include/tensorrt" tensorrt-headers
}

make_registries() {
  local version name
  for version in 10.16.1.11 11.4.0.106; do
    name=tensorrt-dispatch-cu12
    "$python" -m pip install --quiet --no-deps --upgrade --target "dispatch-$(cut -d. -f1,2 <<<"$version")" \
      "$name==$version" "$name-bindings==$version" "$name-libs==$version"
  done
}

case ${1:-} in
  cuda-11.8) make_cuda_11_8 ;;
  headers) make_headers ;;
  registries) make_registries ;;
  *)
    echo "expected cuda-11.8, headers or registries, got '${1:-}'" >&2
    exit 2
    ;;
esac
