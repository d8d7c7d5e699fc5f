// Drives a TrafficMish library through TensorRT's own interface, without TensorRT: loads it, asks what a builder would
// ask, lets it run on numbers, and tells what it found as lines of "question: answer".
#include <NvInfer.h>
#include <dlfcn.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace {

using namespace nvinfer1;

#if NV_TENSORRT_MAJOR >= 10
using Length = int64_t;
#else
using Length = int32_t;
#endif

class Expression final : public IDimensionExpr, public apiv::VDimensionExpr {
 public:
  explicit Expression(Length value) : value_(value) { mImpl = this; }
  bool isConstant() const override { return value_ >= 0; }
  Length getConstantValue() const override { return value_; }
#if NV_TENSORRT_MAJOR >= 10
  bool isSizeTensor() const override { return false; }
#endif

 private:
  Length value_;
};

class Expressions final : public IExprBuilder, public apiv::VExprBuilder {
 public:
  Expressions() { mImpl = this; }
  IDimensionExpr const* constant(Length) override { return nullptr; }
  IDimensionExpr const* operation(DimensionOperation, IDimensionExpr const&, IDimensionExpr const&) override {
    return nullptr;
  }
#if NV_TENSORRT_MAJOR >= 10
  IDimensionExpr const* declareSizeTensor(int32_t, IDimensionExpr const&, IDimensionExpr const&) override {
    return nullptr;
  }
#endif
};

PluginTensorDesc tensor(DataType type, TensorFormat format, std::vector<int> shape) {
  PluginTensorDesc desc = {};
  desc.type = type;
  desc.format = format;
  desc.dims.nbDims = static_cast<int32_t>(shape.size());
  for (size_t i = 0; i < shape.size(); ++i) desc.dims.d[i] = shape[i];
  return desc;
}

struct Offer {
  const char* name;
  DataType input, output;
  TensorFormat input_format, output_format;
  std::vector<int> shape;
};

std::vector<Offer> offers() {
  const auto f32 = DataType::kFLOAT, f16 = DataType::kHALF, i8 = DataType::kINT8;
  const auto linear = TensorFormat::kLINEAR, hwc8 = TensorFormat::kHWC8, chw32 = TensorFormat::kCHW32;
  return {{"FP32 linear", f32, f32, linear, linear, {1, 8, 4, 4}},
          {"FP16 linear", f16, f16, linear, linear, {1, 8, 4, 4}},
          {"FP16 eights", f16, f16, hwc8, hwc8, {1, 8, 4, 4}},
          {"FP16 eights of a matrix", f16, f16, hwc8, hwc8, {8, 4}},
          {"FP16 to FP32", f16, f32, linear, linear, {1, 8, 4, 4}},
          {"FP16 eights to linear", f16, f16, hwc8, linear, {1, 8, 4, 4}},
          {"FP32 eights", f32, f32, hwc8, hwc8, {1, 8, 4, 4}},
          {"FP32 thirty-twos", f32, f32, chw32, chw32, {1, 8, 4, 4}},
          {"INT8", i8, i8, linear, linear, {1, 8, 4, 4}}};
}

DynamicPluginTensorDesc dynamic(const PluginTensorDesc& desc) {
  DynamicPluginTensorDesc of = {};
  of.desc = desc;
  return of;
}

template <class Plugin, class Desc>
void ask_formats(Plugin& plugin, Desc (*wrap)(const PluginTensorDesc&)) {
  for (const Offer& offer : offers()) {
    const Desc pair[] = {wrap(tensor(offer.input, offer.input_format, offer.shape)),
                         wrap(tensor(offer.output, offer.output_format, offer.shape))};
    const bool both = plugin.supportsFormatCombination(0, pair, 1, 1) && plugin.supportsFormatCombination(1, pair, 1, 1);
    std::printf("%s: %s\n", offer.name, both ? "yes" : "no");
  }
  const Desc three[3] = {};
  std::printf("two inputs: %s\n", plugin.supportsFormatCombination(0, three, 2, 1) ? "yes" : "no");
}

// Exactly as many numbers as the tensor has, so that AddressSanitizer sees every step beyond.
template <class Plugin>
void run(Plugin& plugin, const char* name, const PluginTensorDesc& desc, size_t bytes) {
  std::vector<unsigned char> x(bytes, 0), y(bytes, 0xff);
  const void* inputs[] = {x.data()};
  void* outputs[] = {y.data()};
  const int32_t status = plugin.enqueue(&desc, &desc, inputs, outputs, nullptr, nullptr);
  const bool all_zero = y == x;
  std::printf("runs %s: %d %s\n", name, status, all_zero ? "all written" : "not all written");
}

template <class Plugin>
void run_all(Plugin& plugin) {
  const auto linear = TensorFormat::kLINEAR;
  run(plugin, "FP32", tensor(DataType::kFLOAT, linear, {2, 3, 5, 7}), 2 * 3 * 5 * 7 * 4);
  run(plugin, "FP16", tensor(DataType::kHALF, linear, {2, 3, 5, 7}), 2 * 3 * 5 * 7 * 2);
  run(plugin, "FP16 eights", tensor(DataType::kHALF, TensorFormat::kHWC8, {2, 3, 5, 7}), 2 * 8 * 5 * 7 * 2);
  run(plugin, "nothing", tensor(DataType::kFLOAT, linear, {0, 3, 5, 7}), 0);
  const float x[] = {1.0f, -1.0f};
  float y[] = {0.0f, 0.0f};
  const void* inputs[] = {x};
  void* outputs[] = {y};
  const PluginTensorDesc two = tensor(DataType::kFLOAT, linear, {2});
  plugin.enqueue(&two, &two, inputs, outputs, nullptr, nullptr);
  std::printf("mish of 1 and -1: %.6f %.6f\n", static_cast<double>(y[0]), static_cast<double>(y[1]));
}

DimsExprs shape_of(const Expression& batch, const Expression& channels) {
  DimsExprs shape = {};
  shape.nbDims = 2;
  shape.d[0] = &batch;
  shape.d[1] = &channels;
  return shape;
}

const char* same(const DimsExprs& a, const DimsExprs& b) {
  return a.nbDims == b.nbDims && a.d[0] == b.d[0] && a.d[1] == b.d[1] ? "the input's" : "another";
}

#if NV_TENSORRT_MAJOR >= 10
void drive_v3(IPluginCreatorV3One& creator) {
  std::printf("creator: %s %s %d\n", creator.getPluginName(), creator.getPluginVersion(), creator.getFieldNames()->nbFields);
  PluginFieldCollection nothing = {0, nullptr};
  const std::unique_ptr<IPluginV3> plugin(creator.createPlugin("mish", &nothing, TensorRTPhase::kBUILD));
  auto& build = *static_cast<IPluginV3OneBuild*>(plugin->getCapabilityInterface(PluginCapabilityType::kBUILD));
  auto& runtime = *static_cast<IPluginV3OneRuntime*>(plugin->getCapabilityInterface(PluginCapabilityType::kRUNTIME));
  auto& core = *static_cast<IPluginV3OneCore*>(plugin->getCapabilityInterface(PluginCapabilityType::kCORE));
  std::printf("plugin: %s %s \"%s\"\n", core.getPluginName(), core.getPluginVersion(), core.getPluginNamespace());
  const Expression batch(-1), channels(8);
  const DimsExprs input = shape_of(batch, channels);
  DimsExprs output = {};
  Expressions expressions;
  build.getOutputShapes(&input, 1, nullptr, 0, &output, 1, expressions);
  std::printf("shape: %s\n", same(input, output));
  DataType in = DataType::kHALF, out = DataType::kFLOAT;
  build.getOutputDataTypes(&out, 1, &in, 1);
  std::printf("type: %s\n", in == out ? "the input's" : "another");
  ask_formats<IPluginV3OneBuild, DynamicPluginTensorDesc>(build, dynamic);
  run_all(runtime);
  const std::unique_ptr<IPluginV3> cloned(plugin->clone());
  const std::unique_ptr<IPluginV3> attached(runtime.attachToContext(nullptr));
  const std::unique_ptr<IPluginV3> again(creator.createPlugin("mish", runtime.getFieldsToSerialize(), TensorRTPhase::kRUNTIME));
  std::printf("copies: %s\n", cloned && attached && again && cloned != plugin ? "three" : "missing");
}
#endif

struct Destroy {
  void operator()(IPluginV2* plugin) const { plugin->destroy(); }
};
using PluginV2 = std::unique_ptr<IPluginV2DynamicExt, Destroy>;

PluginV2 owned(IPluginV2* plugin) { return PluginV2(static_cast<IPluginV2DynamicExt*>(plugin)); }

PluginTensorDesc plain(const PluginTensorDesc& desc) { return desc; }

void drive_v2(IPluginCreator& creator) {
  std::printf("creator: %s %s %d\n", creator.getPluginName(), creator.getPluginVersion(), creator.getFieldNames()->nbFields);
  PluginFieldCollection nothing = {0, nullptr};
  const PluginV2 plugin = owned(creator.createPlugin("mish", &nothing));
  std::printf("plugin: %s %s \"%s\"\n", plugin->getPluginType(), plugin->getPluginVersion(), plugin->getPluginNamespace());
  const Expression batch(-1), channels(8);
  const DimsExprs input = shape_of(batch, channels);
  Expressions expressions;
  std::printf("shape: %s\n", same(input, plugin->getOutputDimensions(0, &input, 1, expressions)));
  const DataType in = DataType::kHALF;
  std::printf("type: %s\n", plugin->getOutputDataType(0, &in, 1) == in ? "the input's" : "another");
  ask_formats<IPluginV2DynamicExt, PluginTensorDesc>(*plugin, plain);
  run_all(*plugin);
  std::vector<char> bytes(plugin->getSerializationSize());
  plugin->serialize(bytes.data());
  const PluginV2 again = owned(creator.deserializePlugin("mish", bytes.data(), bytes.size()));
  const PluginV2 cloned = owned(plugin->clone());
  std::printf("copies: %s\n", again && cloned && cloned != plugin ? "two" : "missing");
  bytes[0] ^= 1;
  const bool foreign = creator.deserializePlugin("mish", bytes.data(), bytes.size()) != nullptr;
  const bool cut = creator.deserializePlugin("mish", bytes.data(), bytes.size() - 1) != nullptr;
  std::printf("foreign bytes: %s\n", foreign || cut ? "taken" : "refused");
}

}  // namespace

int main(int, char** words) {
  void* const library = dlopen(words[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::printf("%s\n", dlerror());
    return 2;
  }
  int32_t count = 0;
#if NV_TENSORRT_MAJOR >= 10
  using GetV3 = IPluginCreatorInterface* const* (*)(int32_t&);
  if (const auto creators = reinterpret_cast<GetV3>(dlsym(library, "getCreators"))) {
    drive_v3(*static_cast<IPluginCreatorV3One*>(creators(count)[0]));
  }
#endif
  using GetV2 = IPluginCreator* const* (*)(int32_t&);
  if (const auto creators = reinterpret_cast<GetV2>(dlsym(library, "getPluginCreators"))) {
    drive_v2(*creators(count)[0]);
    const auto enter = reinterpret_cast<int (*)()>(dlsym(library, "traffic_register_plugins"));
    std::printf("enters a registry that is not there: %s\n", enter() == 1 ? "yes" : "no");
  }
  std::printf("creators: %d\n", count);
  return count == 1 ? 0 : 1;
}
