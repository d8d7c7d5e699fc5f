// Every kernel once, on grids so small that one OS thread a CUDA thread is bearable. Says which call failed, if any.
#include <cstdio>
#include <vector>

#include "../../cuda_kernels/include/traffic_kernels.h"

namespace {

int failures = 0;

void expect_done(const char* what, int status) {
  if (status == 0) return;
  std::printf("%s: %s\n", what, traffic_last_error());
  ++failures;
}

void run_pictures() {
  std::vector<unsigned char> pixels(40 * 30 * 3, 7);
  std::vector<float> out(3 * 3 * 33 * 17);
  const TrafficPicture picture = {pixels.data(), nullptr, 40, 30, 120};
  const TrafficPicture nv12 = {pixels.data(), pixels.data() + 40 * 30, 40, 30, 40};
  const TrafficPicture pictures[] = {picture, picture};
  const TrafficBox boxes[] = {{0, 0, 40, 30, 33, 17, TRAFFIC_LINEAR},
                              {3, 4, 9, 8, 20, 17, TRAFFIC_AREA},
                              {0, 0, 40, 30, 9, 8, TRAFFIC_AREA}};
  const TrafficQuad turned[] = {{{0, 1, 0, 1, 0, 0, 0, 0, 1}, 33, 17}, {{0.5f, 0, 3, 0, 0.5f, 3, 0.01f, 0, 1}, 40, 51}};
  expect_done("letterbox", traffic_letterbox(pictures, 2, TRAFFIC_BGR, out.data(), 33, 17, TRAFFIC_FLOAT32, nullptr));
  expect_done("letterbox of NV12",
              traffic_letterbox(&nv12, 1, TRAFFIC_NV12_BT709, out.data(), 33, 17, TRAFFIC_FLOAT16, nullptr));
  expect_done("crop_boxes",
              traffic_crop_boxes(&picture, TRAFFIC_BGR, boxes, 3, out.data(), 33, 17, TRAFFIC_FLOAT32, nullptr));
  expect_done("crop_perspective",
              traffic_crop_perspective(&picture, TRAFFIC_BGR, turned, 2, out.data(), 33, 17, TRAFFIC_FLOAT16, nullptr));
}

// 1344 anchors that all reach the score: the radix select, the sort and the suppression all have work.
void run_decode_nms() {
  constexpr int kAnchors = 1344, kClasses = 2, kBoxes = 50;
  std::vector<float> output(kAnchors * (5 + kClasses));
  for (int i = 0; i < kAnchors; ++i) {
    float* row = &output[i * (5 + kClasses)];
    row[2] = row[3] = 0.5f;
    row[4] = 0.5f + 0.4f * static_cast<float>(i * 37 % 101) / 101.0f;
    row[5 + i % kClasses] = 0.9f;
  }
  std::vector<long long> scratch(traffic_decode_nms_scratch(1, kAnchors) / 8 + 2);
  void* aligned = reinterpret_cast<void*>((reinterpret_cast<unsigned long long>(scratch.data()) + 15) / 16 * 16);
  std::vector<TrafficDetection> detections(kBoxes);
  TrafficCounts counts = {};
  const TrafficFrame frame = {0.5f, 512, 512};
  const TrafficNmsSettings settings = {0.1f, 0.3f, TRAFFIC_WITHIN_CLASS, kBoxes};
  expect_done("decode_nms", traffic_decode_nms(output.data(), TRAFFIC_FLOAT32, 1, kClasses, 256, 256, &frame, &settings,
                                               aligned, detections.data(), &counts, nullptr));
  if (counts.boxes != kBoxes || counts.candidates != kAnchors) {
    std::printf("decode_nms: expected 50 boxes of 1344 candidates, got %d of %d\n", counts.boxes, counts.candidates);
    ++failures;
  }
}

void run_mish() {
  std::vector<float> x(1003, 0.5f), bias(3, 0.25f);
  expect_done("mish", traffic_mish(x.data(), x.data(), x.size(), TRAFFIC_FLOAT32, nullptr));
  expect_done("bias_mish", traffic_bias_mish(x.data(), bias.data(), x.data(), 1, 3, 332, TRAFFIC_FLOAT32, nullptr));
  expect_done("bias_mish", traffic_bias_mish(x.data(), bias.data(), x.data(), 1, 3, 331, TRAFFIC_FLOAT32, nullptr));
}

}  // namespace

int main() {
  run_pictures();
  run_decode_nms();
  run_mish();
  return failures;
}
