// TrafficMish for TensorRT 10 and 11: IPluginV3. TensorRT finds it through getCreators when it loads the library.
#include <new>

#include "mish_core.h"

namespace traffic {
namespace {

using namespace nvinfer1;

class MishPlugin final : public IPluginV3, public IPluginV3OneCore, public IPluginV3OneBuild, public IPluginV3OneRuntime {
 public:
  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    switch (type) {
      case PluginCapabilityType::kCORE:
        return static_cast<IPluginV3OneCore*>(this);
      case PluginCapabilityType::kBUILD:
        return static_cast<IPluginV3OneBuild*>(this);
      case PluginCapabilityType::kRUNTIME:
        return static_cast<IPluginV3OneRuntime*>(this);
    }
    return nullptr;
  }

  IPluginV3* clone() noexcept override { return new (std::nothrow) MishPlugin(*this); }

  AsciiChar const* getPluginName() const noexcept override { return kPluginName; }
  AsciiChar const* getPluginVersion() const noexcept override { return kPluginVersion; }
  AsciiChar const* getPluginNamespace() const noexcept override { return kPluginNamespace; }

  int32_t getNbOutputs() const noexcept override { return 1; }

  int32_t configurePlugin(DynamicPluginTensorDesc const*, int32_t inputs, DynamicPluginTensorDesc const*,
                          int32_t outputs) noexcept override {
    return inputs == 1 && outputs == 1 ? 0 : -1;
  }

  int32_t getOutputDataTypes(DataType* output_types, int32_t outputs, DataType const* input_types,
                             int32_t inputs) const noexcept override {
    if (inputs != 1 || outputs != 1) return -1;
    output_types[0] = input_types[0];
    return 0;
  }

  int32_t getOutputShapes(DimsExprs const* inputs, int32_t input_count, DimsExprs const*, int32_t, DimsExprs* outputs,
                          int32_t output_count, IExprBuilder&) noexcept override {
    if (input_count != 1 || output_count != 1) return -1;
    outputs[0] = inputs[0];
    return 0;
  }

  bool supportsFormatCombination(int32_t position, DynamicPluginTensorDesc const* tensors, int32_t inputs,
                                 int32_t outputs) noexcept override {
    return inputs == 1 && outputs == 1 && supports(position, tensors[position].desc, tensors[0].desc);
  }

  int32_t onShapeChange(PluginTensorDesc const*, int32_t, PluginTensorDesc const*, int32_t) noexcept override {
    return 0;
  }

  int32_t enqueue(PluginTensorDesc const* input, PluginTensorDesc const*, void const* const* inputs,
                  void* const* outputs, void*, cudaStream_t stream) noexcept override {
    return enqueue_mish(input[0], inputs[0], outputs[0], stream);
  }

  IPluginV3* attachToContext(IPluginResourceContext*) noexcept override { return clone(); }

  PluginFieldCollection const* getFieldsToSerialize() noexcept override { return &no_fields_; }

 private:
  PluginFieldCollection no_fields_{0, nullptr};
};

class MishCreator final : public IPluginCreatorV3One {
 public:
  IPluginV3* createPlugin(AsciiChar const*, PluginFieldCollection const*, TensorRTPhase) noexcept override {
    return new (std::nothrow) MishPlugin;
  }

  PluginFieldCollection const* getFieldNames() noexcept override { return &no_fields_; }
  AsciiChar const* getPluginName() const noexcept override { return kPluginName; }
  AsciiChar const* getPluginVersion() const noexcept override { return kPluginVersion; }
  AsciiChar const* getPluginNamespace() const noexcept override { return kPluginNamespace; }

 private:
  PluginFieldCollection no_fields_{0, nullptr};
};

}  // namespace
}  // namespace traffic

extern "C" TENSORRTAPI nvinfer1::IPluginCreatorInterface* const* getCreators(int32_t& count) {
  static traffic::MishCreator creator;
  static nvinfer1::IPluginCreatorInterface* const creators[] = {&creator};
  count = 1;
  return creators;
}

// TensorRT asks for it; this plugin logs nothing.
extern "C" TENSORRTAPI void setLoggerFinder(nvinfer1::ILoggerFinder*) {}
