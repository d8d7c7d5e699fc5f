#!/usr/bin/env bash
# Puts what the checks without a device need below data/toolchains; nothing outside that folder is changed.
#   cuda_kernels/toolchains.sh NAME...
#     cuda-11.8     nvcc 11.8, the last Debian packages, for sm_72 (Jetson Xavier)
#     cuda-13.0     nvcc 13.0, for sm_87 and sm_90, where no nvcc is installed
#     headers       TensorRT's headers, to compile the plugin; never part of this project
#     registries    TensorRT 10.16's and 11.4's plugin registries, 5 MB each
#     parser        TensorRT-RTX 1.7, whose parser and builder need no device
# What is there already is left alone. For aarch64 objects: apt-get install g++-aarch64-linux-gnu.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p data/toolchains
cd data/toolchains
python=${PYTHON:-$PWD/../../.venv/bin/python}
work=$(mktemp -d)
making=
trap 'rm -rf "$work" ${making:+"$making"}' EXIT  # half a folder is not left behind

fetch_wheels() {  # NAME==VERSION ...: unpacked into $work/wheels
  rm -rf "$work/download" "$work/wheels"
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

make_cuda_13_0() {
  fetch_wheels nvidia-cuda-nvcc==13.0.88 nvidia-nvvm==13.0.88 nvidia-cuda-crt==13.0.88 nvidia-cuda-runtime==13.0.96 \
    nvidia-cuda-cccl==13.0.85
  cp -r "$work/wheels/nvidia/cu13" cuda-13.0
  chmod +x cuda-13.0/bin/* cuda-13.0/nvvm/bin/*
  ln -s lib cuda-13.0/lib64  # where nvcc looks when it links
  ln -s libcudart.so.13 cuda-13.0/lib/libcudart.so
}

make_parser() {
  "$python" -m pip install --quiet --no-deps --target parser tensorrt-rtx-cu12{,-bindings,-libs}==1.7.1.116
}

make_headers() {
  fetch_wheels kernel-lens==2.0.1
  cp -r "$work/wheels/kernel_lens/include/tensorrt" tensorrt-headers
}

make_registry() {  # VERSION
  "$python" -m pip install --quiet --no-deps --target "dispatch-$(cut -d. -f1,2 <<<"$1")" \
    tensorrt-dispatch-cu12{,-bindings,-libs}=="$1"
}

unless_there() {  # FOLDER COMMAND...
  if [[ -d $1 ]]; then return; fi
  making=$1
  "${@:2}"
  making=
}

for name in "${@:-nothing}"; do
  case $name in
    cuda-11.8) unless_there cuda-11.8 make_cuda_11_8 ;;
    cuda-13.0) unless_there cuda-13.0 make_cuda_13_0 ;;
    headers) unless_there tensorrt-headers make_headers ;;
    registries)
      unless_there dispatch-10.16 make_registry 10.16.1.11
      unless_there dispatch-11.4 make_registry 11.4.0.106
      ;;
    parser) unless_there parser make_parser ;;
    *)
      echo "expected cuda-11.8, cuda-13.0, headers, registries or parser, got '$name'" >&2
      exit 2
      ;;
  esac
done
