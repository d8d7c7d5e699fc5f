// How long each kernel takes on this device, and what that is in bytes a second.
//
//   bench [RUNS]     one line a case: name, bytes read and written, milliseconds, GB/s
//
// Bytes are those that the case cannot do without: every input byte that is looked at once, every output byte once.
// Ten runs warm up; the figure is the mean of RUNS (default 200) between two events on one stream.
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "../include/traffic_kernels.h"
#include "../kernels/platform.h"

namespace {

constexpr int kWarmUps = 10;
constexpr int kNetworkWidth = 640, kNetworkHeight = 384;
constexpr int kAnchors = 5040, kClasses = 5;

void must(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  std::fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(error));
  std::exit(1);
}

void must(int status) {
  if (status == 0) return;
  std::fprintf(stderr, "%s\n", traffic_last_error());
  std::exit(1);
}

class DeviceBytes {
 public:
  explicit DeviceBytes(std::size_t bytes, unsigned char value = 0) {
    must(cudaMalloc(&memory_, bytes), "cudaMalloc");
    must(cudaMemsetAsync(memory_, value, bytes, nullptr), "cudaMemsetAsync");
  }
  ~DeviceBytes() { cudaFree(memory_); }
  DeviceBytes(const DeviceBytes&) = delete;
  DeviceBytes& operator=(const DeviceBytes&) = delete;
  void* at(std::size_t offset = 0) const { return static_cast<char*>(memory_) + offset; }

 private:
  void* memory_ = nullptr;
};

template <class Call>
void measure(const char* name, double bytes_read, double bytes_written, int runs, Call call) {
  cudaEvent_t start, end;
  must(cudaEventCreate(&start), "cudaEventCreate");
  must(cudaEventCreate(&end), "cudaEventCreate");
  for (int i = 0; i < kWarmUps; ++i) must(call());
  must(cudaEventRecord(start, nullptr), "cudaEventRecord");
  for (int i = 0; i < runs; ++i) must(call());
  must(cudaEventRecord(end, nullptr), "cudaEventRecord");
  must(cudaEventSynchronize(end), name);
  float milliseconds = 0;
  must(cudaEventElapsedTime(&milliseconds, start, end), "cudaEventElapsedTime");
  milliseconds /= static_cast<float>(runs);
  std::printf("%-44s %8.2f MB read %8.2f MB written %9.4f ms %8.1f GB/s\n", name, bytes_read / 1e6, bytes_written / 1e6,
              static_cast<double>(milliseconds), (bytes_read + bytes_written) / 1e6 / static_cast<double>(milliseconds));
  cudaEventDestroy(start);
  cudaEventDestroy(end);
}

// A full-HD frame into the network: at a third of the size, two of three rows are looked at.
void bench_letterbox(int runs) {
  constexpr int width = 1920, height = 1080;
  const DeviceBytes pixels(width * height * 3, 90), out(3 * kNetworkWidth * kNetworkHeight * 2);
  const double rows = 2.0 / 3.0, written = 3.0 * kNetworkWidth * kNetworkHeight * 2;
  const TrafficPicture bgr = {pixels.at(), nullptr, width, height, 3 * width};
  measure("letterbox 1920x1080 BGR to 640x384 FP16", rows * width * height * 3, written, runs, [&] {
    return traffic_letterbox(&bgr, 1, TRAFFIC_BGR, out.at(), kNetworkWidth, kNetworkHeight, TRAFFIC_FLOAT16, nullptr);
  });
  const TrafficPicture nv12 = {pixels.at(), pixels.at(width * height), width, height, width};
  measure("letterbox 1920x1080 NV12 to 640x384 FP16", width * height * (rows + 0.5), written, runs, [&] {
    return traffic_letterbox(&nv12, 1, TRAFFIC_NV12_BT709, out.at(), kNetworkWidth, kNetworkHeight, TRAFFIC_FLOAT16,
                             nullptr);
  });
}

// Sixteen vehicles of 200 x 200 for the classifier and four for the plate locator; sixteen plates for the reader, as
// small as it reads them, and four of twice the size.
void bench_crop_resize(int runs) {
  constexpr int width = 1920, height = 1080, count = 16, side = 96, locator_width = 256, locator_height = 192;
  constexpr int plate_width = 160, plate_height = 48, few = 4;
  const DeviceBytes pixels(width * height * 3, 90), out(count * 3 * locator_width * locator_height * 4);
  const TrafficPicture picture = {pixels.at(), nullptr, width, height, 3 * width};
  std::vector<TrafficBox> averaged, letterboxed;
  std::vector<TrafficQuad> small, large;
  for (int i = 0; i < count; ++i) {
    const int left = 100 * i, top = 50 * i;
    averaged.push_back(TrafficBox{left, top, left + 200, top + 200, side, side, TRAFFIC_AREA});
    if (i < few) letterboxed.push_back(TrafficBox{left, top, left + 200, top + 200, 192, 192, TRAFFIC_LINEAR});
    const TrafficQuad quad = {{0.75f, 0.05f, 1.0f * left, -0.03f, 0.7f, 1.0f * top, 0.0f, 0.0005f, 1.0f}, 160, 48};
    small.push_back(quad);
    const TrafficQuad near = {{1.5f, 0.1f, 1.0f * left, -0.06f, 1.4f, 1.0f * top, 0.0f, 0.0f, 1.0f}, 320, 96};
    if (i < few) large.push_back(near);
  }
  const auto boxes = [&](const std::vector<TrafficBox>& cut, int wide, int high) {
    return traffic_crop_boxes(&picture, TRAFFIC_BGR, cut.data(), static_cast<int>(cut.size()), out.at(), wide, high,
                              TRAFFIC_FLOAT32, nullptr);
  };
  const auto plates = [&](const std::vector<TrafficQuad>& seen) {
    return traffic_crop_perspective(&picture, TRAFFIC_BGR, seen.data(), static_cast<int>(seen.size()), out.at(),
                                    plate_width, plate_height, TRAFFIC_FLOAT32, nullptr);
  };
  const double plate = 3.0 * plate_width * plate_height, vehicle = 200.0 * 200 * 3;
  measure("crop_boxes 16 of 200x200 to 96x96 by areas", count * vehicle, count * 12.0 * side * side, runs,
          [&] { return boxes(averaged, side, side); });
  measure("crop_boxes 4 of 200x200 into 256x192", few * vehicle, few * 12.0 * locator_width * locator_height, runs,
          [&] { return boxes(letterboxed, locator_width, locator_height); });
  measure("crop_perspective 16 of 120x34 to 160x48", count * 120.0 * 34 * 3, count * plate * 4, runs,
          [&] { return plates(small); });
  measure("crop_perspective 4 of 480x134 to 160x48", few * 480.0 * 134 * 3, few * plate * 4, runs,
          [&] { return plates(large); });
}

// One picture's output with 300 anchors that reach the score, five to a vehicle; the rest is read for its objectness
// only, but in sectors of 32 bytes that is nearly all of it.
void bench_decode_nms(int runs) {
  constexpr int candidates = 300, room = 300;
  std::vector<float> output(kAnchors * (5 + kClasses));
  for (int i = 0; i < candidates; ++i) {
    float* row = &output[(i / 5 * 80 + i % 5) * (5 + kClasses)];
    row[2] = row[3] = 1.5f;
    row[4] = 0.9f - 0.001f * static_cast<float>(i);
    row[5] = 1.0f;
  }
  const double bytes = static_cast<double>(output.size() * sizeof(float));
  const DeviceBytes device(output.size() * sizeof(float)), scratch(traffic_decode_nms_scratch(1, kAnchors));
  const DeviceBytes detections(room * sizeof(TrafficDetection)), counts(sizeof(TrafficCounts));
  must(cudaMemcpy(device.at(), output.data(), output.size() * sizeof(float), cudaMemcpyHostToDevice), "cudaMemcpy");
  const TrafficFrame frame = {1.0f / 3.0f, 1920, 1080};
  const TrafficNmsSettings settings = {0.1f, 0.65f, TRAFFIC_ACROSS_CLASSES, room};
  measure("decode_nms 5040 anchors, 300 candidates", bytes, candidates * 28.0, runs, [&] {
    return traffic_decode_nms(device.at(), TRAFFIC_FLOAT32, 1, kClasses, kNetworkWidth, kNetworkHeight, &frame, &settings,
                              scratch.at(), static_cast<TrafficDetection*>(detections.at()),
                              static_cast<TrafficCounts*>(counts.at()), nullptr);
  });
}

// The largest activation of the network at 640 x 384: 16 channels at half the resolution.
void bench_mish(int runs) {
  constexpr int channels = 16, pixels = kNetworkWidth / 2 * kNetworkHeight / 2;
  constexpr std::size_t count = static_cast<std::size_t>(channels) * pixels;
  const DeviceBytes x(count * sizeof(float)), bias(channels * sizeof(float));
  measure("mish 1x16x192x320 FP32", count * 4.0, count * 4.0, runs,
          [&] { return traffic_mish(x.at(), x.at(), count, TRAFFIC_FLOAT32, nullptr); });
  measure("mish 1x16x192x320 FP16", count * 2.0, count * 2.0, runs,
          [&] { return traffic_mish(x.at(), x.at(), count, TRAFFIC_FLOAT16, nullptr); });
  measure("bias_mish 1x16x192x320 FP16", count * 2.0, count * 2.0, runs, [&] {
    return traffic_bias_mish(x.at(), bias.at(), x.at(), 1, channels, pixels, TRAFFIC_FLOAT16, nullptr);
  });
}

}  // namespace

int main(int words, char** word) {
  const int runs = words > 1 ? std::atoi(word[1]) : 200;
  if (runs < 1) {
    std::fprintf(stderr, "expected a number of runs, got %s\n", word[1]);
    return 2;
  }
  bench_letterbox(runs);
  bench_crop_resize(runs);
  bench_decode_nms(runs);
  bench_mish(runs);
  return 0;
}
