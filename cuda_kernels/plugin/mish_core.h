// What the TrafficMish plugin does, whatever interface TensorRT asks for it.
#pragma once

#include <NvInferRuntime.h>

#include <cstddef>
#include <cstdint>

namespace traffic {

// Not "Mish": from TensorRT 10 on the parser has an importer of its own for that name and would pass the plugin by.
constexpr char kPluginName[] = "TrafficMish";
constexpr char kPluginVersion[] = "1";
constexpr char kPluginNamespace[] = "";

// Whether tensor `position` may have the type and layout that it has, the tensors before it being as they are:
// FP32 linear, FP16 linear or with channels in packs of eight (the layout of FP16 convolutions, so that none has to be
// converted around the plugin); the output as the input.
inline bool supports(int32_t position, nvinfer1::PluginTensorDesc const& tensor, nvinfer1::PluginTensorDesc const& input) {
  using nvinfer1::DataType;
  using nvinfer1::TensorFormat;
  if (position == 1) return tensor.type == input.type && tensor.format == input.format;
  if (tensor.type == DataType::kFLOAT) return tensor.format == TensorFormat::kLINEAR;
  if (tensor.type != DataType::kHALF) return false;
  return tensor.format == TensorFormat::kLINEAR || (tensor.format == TensorFormat::kHWC8 && tensor.dims.nbDims >= 3);
}

// Numbers that the tensor's memory holds; packs of eight channels are full, since mish(0) = 0 may be written too.
std::size_t numbers_of(nvinfer1::PluginTensorDesc const& tensor);

// 0, or what TensorRT should take as a failure.
int32_t enqueue_mish(nvinfer1::PluginTensorDesc const& input, void const* x, void* y, cudaStream_t stream);

}  // namespace traffic
