// From YOLOX's raw output to final boxes. Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430.
//
// Two kernels. `collect` looks at every anchor of every picture and keeps those that reach the score. `keep_best`, one
// block a picture, finds the best 1024 by a radix select, sorts them, suppresses greedily and writes what is left. The
// order in which anchors are collected is chance; the sort by (score, anchor) makes the result the same every time.
#include "../include/traffic_kernels.h"
#include "platform.h"
#include "status.h"

namespace traffic {
namespace {

using Key = unsigned long long;  // score's bits above, the anchor's complement below: a greater key is a better box

constexpr int kThreads = 256;
constexpr int kDigits = 256;  // values of one digit of the radix select
constexpr int kMaximumCandidates = TRAFFIC_MAXIMUM_CANDIDATES;
constexpr int kStrides[] = {8, 16, 32};

__device__ __forceinline__ Key key_of(float score, unsigned anchor) {
  return static_cast<Key>(__float_as_uint(score)) << 32 | (0xffffffffu - anchor);
}

__device__ __forceinline__ unsigned anchor_of(Key key) { return 0xffffffffu - static_cast<unsigned>(key); }

__device__ __forceinline__ float score_of(Key key) { return __uint_as_float(static_cast<unsigned>(key >> 32)); }

// Where an anchor stands: its cell and the stride of its grid.
struct Cell {
  float x, y, stride;
};

struct Grid {
  int classes, anchors;
  int starts[3];   // the first anchor of each stride
  int columns[3];  // cells a row of each stride

  __device__ __forceinline__ Cell cell(int anchor) const {
    const int level = anchor >= starts[2] ? 2 : anchor >= starts[1] ? 1 : 0;
    const int place = anchor - starts[level], row = place / columns[level];
    return Cell{static_cast<float>(place - row * columns[level]), static_cast<float>(row),
                static_cast<float>(8 << level)};
  }
};

// One picture's part of the scratch memory: three arrays, each as long as there are anchors.
struct Scratch {
  int* counts;    // (pictures)
  Key* keys;      // (pictures, anchors), the first counts[picture] of each are set
  float4* boxes;  // (pictures, anchors), by anchor: corners in pixels of the network
  int* classes;   // (pictures, anchors), by anchor
};

template <class Number>
__device__ __forceinline__ float4 decoded(const Number* row, const Cell& cell) {
  const float x = (to_float(row[0]) + cell.x) * cell.stride, y = (to_float(row[1]) + cell.y) * cell.stride;
  const float half_width = expf(to_float(row[2])) * cell.stride / 2.0f;
  const float half_height = expf(to_float(row[3])) * cell.stride / 2.0f;
  return make_float4(x - half_width, y - half_height, x + half_width, y + half_height);
}

template <class Number>
__global__ void __launch_bounds__(kThreads)
    collect(const Number* output, Grid grid, float minimum_score, Scratch scratch) {
  const int anchor = blockIdx.x * blockDim.x + threadIdx.x, picture = blockIdx.y;
  if (anchor >= grid.anchors) return;
  const size_t first = static_cast<size_t>(picture) * grid.anchors;
  const Number* row = output + (first + anchor) * (5 + grid.classes);
  const float objectness = to_float(row[4]);
  if (!(objectness >= minimum_score)) return;  // a score never exceeds its objectness
  int best = 0;
  for (int k = 1; k < grid.classes; ++k) {
    if (to_float(row[5 + k]) > to_float(row[5 + best])) best = k;
  }
  const float score = objectness * to_float(row[5 + best]);
  if (!(score >= minimum_score)) return;
  scratch.boxes[first + anchor] = decoded(row, grid.cell(anchor));
  scratch.classes[first + anchor] = best;
  scratch.keys[first + atomicAdd(&scratch.counts[picture], 1)] = key_of(score, anchor);
}

// The key that exactly `wanted` of `count` keys reach, 0 < wanted < count. All threads of the block get it.
__device__ Key select_threshold(const Key* keys, int count, int wanted) {
  __shared__ int histogram[kDigits];
  __shared__ Key prefix;
  __shared__ int still_wanted;
  if (threadIdx.x == 0) {
    prefix = 0;
    still_wanted = wanted;
  }
  for (int shift = 56; shift >= 0; shift -= 8) {
    for (int i = threadIdx.x; i < kDigits; i += blockDim.x) histogram[i] = 0;
    __syncthreads();
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
      const bool shares_prefix = shift == 56 || keys[i] >> (shift + 8) == prefix;
      if (shares_prefix) atomicAdd(&histogram[keys[i] >> shift & 0xff], 1);
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      int digit = kDigits - 1;
      while (histogram[digit] < still_wanted) still_wanted -= histogram[digit--];
      prefix = prefix << 8 | static_cast<Key>(digit);
    }
    __syncthreads();
  }
  return prefix;
}

// Bitonic sort of `size` keys, a power of two, greatest first.
__device__ void sort_descending(Key* keys, int size) {
  for (int width = 2; width <= size; width *= 2) {
    for (int distance = width / 2; distance > 0; distance /= 2) {
      for (int i = threadIdx.x; i < size; i += blockDim.x) {
        const int partner = i ^ distance;
        const bool descending = (i & width) == 0;
        if (partner > i && (keys[i] < keys[partner]) == descending) {
          const Key key = keys[i];
          keys[i] = keys[partner];
          keys[partner] = key;
        }
      }
      __syncthreads();
    }
  }
}

// Puts the best min(count, 1024) of the picture's keys into `best`, in order; returns how many.
__device__ int best_in_order(const Key* keys, int count, Key* best) {
  __shared__ int taken;
  const int number = min(count, kMaximumCandidates);
  const Key least = count > number ? select_threshold(keys, count, number) : 0;
  int size = 2;
  while (size < number) size *= 2;
  if (threadIdx.x == 0) taken = 0;
  for (int i = threadIdx.x; i < size; i += blockDim.x) best[i] = 0;
  __syncthreads();
  for (int i = threadIdx.x; i < count; i += blockDim.x) {
    if (keys[i] >= least) best[atomicAdd(&taken, 1)] = keys[i];
  }
  __syncthreads();
  sort_descending(best, size);
  return number;
}

__device__ __forceinline__ float area(const float4& box) { return (box.z - box.x) * (box.w - box.y); }

// Not "greater than", so that a box with infinite sides overlaps as it does on the CPU.
__device__ __forceinline__ bool overlaps(const float4& a, const float4& b, float maximum_iou) {
  const float width = fmaxf(fminf(a.z, b.z) - fmaxf(a.x, b.x), 0.0f);
  const float height = fmaxf(fminf(a.w, b.w) - fmaxf(a.y, b.y), 0.0f);
  const float intersection = width * height;
  return !(intersection <= maximum_iou * (area(a) + area(b) - intersection));
}

__device__ __forceinline__ TrafficDetection in_picture(const float4& box, const TrafficFrame& frame) {
  const float width = static_cast<float>(frame.width), height = static_cast<float>(frame.height);
  return TrafficDetection{fminf(fmaxf(box.x / frame.scale, 0.0f), width), fminf(fmaxf(box.y / frame.scale, 0.0f), height),
                          fminf(fmaxf(box.z / frame.scale, 0.0f), width), fminf(fmaxf(box.w / frame.scale, 0.0f), height),
                          0.0f, 0};
}

struct Frames {
  TrafficFrame items[TRAFFIC_MAXIMUM_PICTURES];
};

// One block a picture. A box that lies outside the picture is not written, but it has suppressed what it overlaps.
__global__ void __launch_bounds__(kThreads)
    keep_best(const Frames frames, int anchors, TrafficNmsSettings settings, Scratch scratch,
              TrafficDetection* detections, TrafficCounts* counts) {
  __shared__ Key best[kMaximumCandidates];
  __shared__ float4 boxes[kMaximumCandidates];
  __shared__ int classes[kMaximumCandidates];
  __shared__ unsigned char suppressed[kMaximumCandidates];
  const int picture = blockIdx.x;
  const size_t first = static_cast<size_t>(picture) * anchors;
  const int candidates = scratch.counts[picture];
  const int number = best_in_order(scratch.keys + first, candidates, best);
  for (int i = threadIdx.x; i < number; i += blockDim.x) {
    const unsigned anchor = anchor_of(best[i]);
    boxes[i] = scratch.boxes[first + anchor];
    classes[i] = settings.suppression == TRAFFIC_WITHIN_CLASS ? scratch.classes[first + anchor] : 0;
    suppressed[i] = 0;
  }
  __syncthreads();
  const TrafficFrame frame = frames.items[picture];
  TrafficDetection* out = detections + static_cast<size_t>(picture) * settings.maximum_boxes;
  int written = 0;
  for (int i = 0; i < number && written < settings.maximum_boxes; ++i) {
    if (suppressed[i]) continue;
    TrafficDetection detection = in_picture(boxes[i], frame);
    if (detection.right - detection.left >= 1.0f && detection.bottom - detection.top >= 1.0f) {
      if (threadIdx.x == 0) {
        detection.score = score_of(best[i]);
        detection.class_column = scratch.classes[first + anchor_of(best[i])];
        out[written] = detection;
      }
      ++written;
    }
    for (int j = i + 1 + threadIdx.x; j < number; j += blockDim.x) {
      if (classes[j] == classes[i] && overlaps(boxes[i], boxes[j], settings.maximum_iou)) suppressed[j] = 1;
    }
    __syncthreads();
  }
  if (threadIdx.x == 0) counts[picture] = TrafficCounts{written, candidates};
}

Grid grid_of(int classes, int width, int height) {
  Grid grid = {classes, 0, {}, {}};
  for (int level = 0; level < 3; ++level) {
    grid.starts[level] = grid.anchors;
    grid.columns[level] = width / kStrides[level];
    grid.anchors += grid.columns[level] * (height / kStrides[level]);
  }
  return grid;
}

size_t whole_packs(size_t bytes) { return (bytes + 15) / 16 * 16; }

Scratch scratch_at(void* memory, int count, int anchors) {
  const size_t all = static_cast<size_t>(count) * anchors;
  char* bytes = static_cast<char*>(memory);
  Scratch scratch;
  scratch.boxes = reinterpret_cast<float4*>(bytes);
  scratch.keys = reinterpret_cast<Key*>(bytes += all * sizeof(float4));
  scratch.classes = reinterpret_cast<int*>(bytes += all * sizeof(Key));
  scratch.counts = reinterpret_cast<int*>(bytes + all * sizeof(int));
  return scratch;
}

int check_settings(const TrafficNmsSettings& settings) {
  if (!(settings.minimum_score > 0.0f)) {
    return refuse("decode_nms: expected a minimum score above 0, got %g", static_cast<double>(settings.minimum_score));
  }
  if (!(settings.maximum_iou >= 0.0f && settings.maximum_iou <= 1.0f)) {
    return refuse("decode_nms: expected a maximum IoU of 0 to 1, got %g", static_cast<double>(settings.maximum_iou));
  }
  if (settings.suppression != TRAFFIC_ACROSS_CLASSES && settings.suppression != TRAFFIC_WITHIN_CLASS) {
    return refuse("decode_nms: expected suppression 0 (across classes) or 1 (within), got %d", settings.suppression);
  }
  if (settings.maximum_boxes < 1) {
    return refuse("decode_nms: expected room for at least 1 box, got %d", settings.maximum_boxes);
  }
  return 0;
}

int check_sizes(int classes, int width, int height) {
  if (classes < 1) return refuse("decode_nms: expected at least 1 class, got %d", classes);
  if (width < 32 || height < 32 || width % 32 != 0 || height % 32 != 0) {
    return refuse("decode_nms: expected a network input of multiples of 32, got %d x %d", width, height);
  }
  return 0;
}

int check_memory(const void* output, const void* scratch, const void* detections, const void* counts) {
  if (output == nullptr || detections == nullptr || counts == nullptr) {
    return refuse("decode_nms: expected output, detections and counts, got null");
  }
  if (scratch == nullptr || reinterpret_cast<uintptr_t>(scratch) % 16 != 0) {
    return refuse("decode_nms: expected scratch memory aligned to 16 bytes, got %p", scratch);
  }
  return 0;
}

template <class Number>
cudaError_t launch_collect(const void* output, const Grid& grid, int count, float minimum_score,
                           const Scratch& scratch, cudaStream_t stream) {
  return launch(collect<Number>, dim3(blocks_for(grid.anchors, kThreads), count), dim3(kThreads), stream,
                static_cast<const Number*>(output), grid, minimum_score, scratch);
}

}  // namespace
}  // namespace traffic

size_t traffic_decode_nms_scratch(int count, int anchors) {
  using namespace traffic;
  const size_t all = static_cast<size_t>(count) * anchors;
  return whole_packs(all * (sizeof(float4) + sizeof(Key) + sizeof(int)) + count * sizeof(int));
}

int traffic_decode_nms(const void* output, TrafficType type, int count, int classes, int width, int height,
                       const TrafficFrame* frames, const TrafficNmsSettings* settings, void* scratch,
                       TrafficDetection* detections, TrafficCounts* counts, void* stream) {
  using namespace traffic;
  int status = check_count("decode_nms", count, TRAFFIC_MAXIMUM_PICTURES);
  if (status == 0) status = check_type("decode_nms", type);
  if (status == 0) status = check_sizes(classes, width, height);
  if (status == 0) status = check_settings(*settings);
  if (status != 0 || count == 0) return status;
  status = check_memory(output, scratch, detections, counts);
  if (status != 0) return status;

  const auto on = static_cast<cudaStream_t>(stream);
  const Grid grid = grid_of(classes, width, height);
  const Scratch memory = scratch_at(scratch, count, grid.anchors);
  Frames by_value = {};
  for (int i = 0; i < count; ++i) by_value.items[i] = frames[i];

  status = checked("decode_nms", cudaMemsetAsync(memory.counts, 0, count * sizeof(int), on));
  if (status != 0) return status;
  const auto collect_as = type == TRAFFIC_FLOAT32 ? launch_collect<float> : launch_collect<__half>;
  status = checked("decode_nms", collect_as(output, grid, count, settings->minimum_score, memory, on));
  if (status != 0) return status;
  return checked("decode_nms", launch(keep_best, dim3(count), dim3(kThreads), on, by_value, grid.anchors, *settings,
                                      memory, detections, counts));
}
