// TrafficMish for TensorRT 8.5 and 8.6: IPluginV2DynamicExt. 8.6 finds it through getPluginCreators when it loads the
// library; for 8.5, which loads none, call traffic_register_plugins() after dlopen.
#include <dlfcn.h>

#include <cstring>
#include <new>
#include <string>

#include "mish_core.h"

namespace traffic {
namespace {

using namespace nvinfer1;

// The plugin has no settings; the mark keeps another plugin's bytes from being taken for it.
constexpr char kMark[] = {'T', 'M', 'i', '1'};

class MishPlugin final : public IPluginV2DynamicExt {
 public:
  IPluginV2DynamicExt* clone() const noexcept override { return new (std::nothrow) MishPlugin(*this); }

  DimsExprs getOutputDimensions(int32_t, DimsExprs const* inputs, int32_t, IExprBuilder&) noexcept override {
    return inputs[0];
  }

  bool supportsFormatCombination(int32_t position, PluginTensorDesc const* tensors, int32_t inputs,
                                 int32_t outputs) noexcept override {
    return inputs == 1 && outputs == 1 && supports(position, tensors[position], tensors[0]);
  }

  void configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                       int32_t) noexcept override {}

  size_t getWorkspaceSize(PluginTensorDesc const*, int32_t, PluginTensorDesc const*, int32_t) const noexcept override {
    return 0;
  }

  int32_t enqueue(PluginTensorDesc const* input, PluginTensorDesc const*, void const* const* inputs,
                  void* const* outputs, void*, cudaStream_t stream) noexcept override {
    return enqueue_mish(input[0], inputs[0], outputs[0], stream);
  }

  DataType getOutputDataType(int32_t, DataType const* inputs, int32_t) const noexcept override { return inputs[0]; }

  AsciiChar const* getPluginType() const noexcept override { return kPluginName; }
  AsciiChar const* getPluginVersion() const noexcept override { return kPluginVersion; }
  int32_t getNbOutputs() const noexcept override { return 1; }
  int32_t initialize() noexcept override { return 0; }
  void terminate() noexcept override {}
  size_t getSerializationSize() const noexcept override { return sizeof kMark; }
  void serialize(void* buffer) const noexcept override { std::memcpy(buffer, kMark, sizeof kMark); }
  void destroy() noexcept override { delete this; }
  void setPluginNamespace(AsciiChar const* name) noexcept override { namespace_ = name; }
  AsciiChar const* getPluginNamespace() const noexcept override { return namespace_.c_str(); }

 private:
  std::string namespace_ = kPluginNamespace;
};

class MishCreator final : public IPluginCreator {
 public:
  IPluginV2* createPlugin(AsciiChar const*, PluginFieldCollection const*) noexcept override { return created(); }

  // Null for bytes that this plugin did not write.
  IPluginV2* deserializePlugin(AsciiChar const*, void const* bytes, size_t length) noexcept override {
    if (length != sizeof kMark || std::memcmp(bytes, kMark, sizeof kMark) != 0) return nullptr;
    return created();
  }

  PluginFieldCollection const* getFieldNames() noexcept override { return &no_fields_; }
  AsciiChar const* getPluginName() const noexcept override { return kPluginName; }
  AsciiChar const* getPluginVersion() const noexcept override { return kPluginVersion; }
  void setPluginNamespace(AsciiChar const* name) noexcept override { namespace_ = name; }
  AsciiChar const* getPluginNamespace() const noexcept override { return namespace_.c_str(); }

 private:
  IPluginV2* created() const {
    auto* const plugin = new (std::nothrow) MishPlugin;
    if (plugin != nullptr) plugin->setPluginNamespace(namespace_.c_str());
    return plugin;
  }

  PluginFieldCollection no_fields_{0, nullptr};
  std::string namespace_ = kPluginNamespace;
};

MishCreator& creator() {
  static MishCreator only;
  return only;
}

}  // namespace
}  // namespace traffic

extern "C" TENSORRTAPI nvinfer1::IPluginCreator* const* getPluginCreators(int32_t& count) {
  static nvinfer1::IPluginCreator* const creators[] = {&traffic::creator()};
  count = 1;
  return creators;
}

// TensorRT 8.6 asks for it, with an ILoggerFinder, which 8.5 has not; this plugin logs nothing.
extern "C" TENSORRTAPI void setLoggerFinder(void*) {}

// Puts the creator into the registry of the TensorRT that the process has loaded. 1 for done, 0 if there is none.
// The registry is looked up when asked for, so that this library loads where TensorRT is not; and in the library itself
// too, since Python loads it out of sight of others.
extern "C" TENSORRTAPI int traffic_register_plugins() {
  using Registry = nvinfer1::IPluginRegistry* (*)();
  void* symbol = dlsym(RTLD_DEFAULT, "getPluginRegistry");
  if (symbol == nullptr) {
    void* const loaded = dlopen("libnvinfer.so.8", RTLD_LAZY | RTLD_NOLOAD);
    if (loaded != nullptr) symbol = dlsym(loaded, "getPluginRegistry");
  }
  const auto registry = reinterpret_cast<Registry>(symbol);
  if (registry == nullptr || registry() == nullptr) return 0;
  return registry()->registerCreator(traffic::creator(), traffic::kPluginNamespace) ? 1 : 0;
}
