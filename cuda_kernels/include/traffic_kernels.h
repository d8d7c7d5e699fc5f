/* The device's part of the chain: picture into network, network into boxes, and Mish.
 *
 * Every function puts its work on `stream` (a cudaStream_t, last argument) and returns at once; nothing is allocated
 * and nothing waits. It returns 0, or a cudaError_t; traffic_last_error() then says in words what was expected and what
 * came. Pointers named "device" are read and written by the GPU; all others are read before the call returns.
 * Pictures are 8 bits a channel, tensors (n, 3, height, width) in BGR order, whole grey levels 0..255.
 */
#ifndef TRAFFIC_KERNELS_H
#define TRAFFIC_KERNELS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { TRAFFIC_MAXIMUM_PICTURES = 16, TRAFFIC_MAXIMUM_CROPS = 64, TRAFFIC_MAXIMUM_CANDIDATES = 1024 };

/* The numbers of a tensor. (Integers, not C enumerations, so that a wrong one can be refused.) */
typedef int TrafficType;
enum { TRAFFIC_FLOAT32 = 0, TRAFFIC_FLOAT16 = 1 };

/* BGR: three bytes a pixel. NV12: luma rows, then rows of U and V in turn at half the resolution, limited range;
 * width and height are even. */
typedef int TrafficFormat;
enum { TRAFFIC_BGR = 0, TRAFFIC_NV12_BT601 = 1, TRAFFIC_NV12_BT709 = 2 };

typedef struct {
  const void* pixels; /* device: the BGR rows, or the luma rows */
  const void* chroma; /* device: the UV rows; null for BGR */
  int width, height;  /* pixels */
  int pitch;          /* bytes from a row to the next, of both planes; at least a row's own */
} TrafficPicture;

/* Between pixels, or the mean of all pixels under one: as cv2.INTER_LINEAR and cv2.INTER_AREA. */
typedef int TrafficSampling;
enum { TRAFFIC_LINEAR = 0, TRAFFIC_AREA = 1 };

/* Pixels of a picture (right and bottom exclusive, inside the picture, not empty), and what they become: width x height
 * at the top left of the crop, the rest of it 114. */
typedef struct {
  int left, top, right, bottom;
  int width, height;
  TrafficSampling sampling;
} TrafficBox;

/* A quadrilateral of a picture: out_to_picture, 3 x 3 floats, rows first, takes a pixel (x, y, 1) of a picture of
 * width x height, at least those of the crop, to the picture; as cv2.warpPerspective takes with WARP_INVERSE_MAP,
 * INTER_LINEAR and BORDER_REPLICATE. That picture is averaged down to the crop as cv2.INTER_AREA does it. */
typedef struct {
  float out_to_picture[9];
  int width, height;
} TrafficQuad;

/* YOLOX's letterbox: resize each picture, keeping its aspect, into the top-left corner of its slot, pad with 114.
 * Equal to cv2.resize(INTER_LINEAR) of OpenCV 5 bit for bit; NV12 is turned into BGR first, as cv2.cvtColor does it.
 * out: device, (count, 3, height, width). count: 0..16. */
int traffic_letterbox(const TrafficPicture* pictures, int count, TrafficFormat format, void* out, int width, int height,
                      TrafficType type, void* stream);

/* Boxes of one picture, each resized as cv2.resize(picture[top:bottom, left:right], (box.width, box.height)) does it:
 * with INTER_LINEAR to the bit of OpenCV 5, with INTER_AREA within one grey level.
 * out: device, (count, 3, height, width). count: 0..64. */
int traffic_crop_boxes(const TrafficPicture* picture, TrafficFormat format, const TrafficBox* boxes, int count,
                       void* out, int width, int height, TrafficType type, void* stream);

/* Perspective crops of one picture. out: device, (count, 3, height, width). count: 0..64. */
int traffic_crop_perspective(const TrafficPicture* picture, TrafficFormat format, const TrafficQuad* quads, int count,
                             void* out, int width, int height, TrafficType type, void* stream);

/* What suppresses what: a box any other, or only those of its class. */
typedef int TrafficSuppression;
enum { TRAFFIC_ACROSS_CLASSES = 0, TRAFFIC_WITHIN_CLASS = 1 };

typedef struct {
  float minimum_score; /* of objectness times best class, above 0 */
  float maximum_iou;   /* two boxes that overlap more are one */
  TrafficSuppression suppression;
  int maximum_boxes; /* room for each picture's result */
} TrafficNmsSettings;

/* How a picture was put into the network: pixels of the network = scale * pixels of the picture. */
typedef struct {
  float scale;
  int width, height;
} TrafficFrame;

/* A box in pixels of the picture, clipped to it. */
typedef struct {
  float left, top, right, bottom, score;
  int class_column;
} TrafficDetection;

typedef struct {
  int boxes;      /* how many detections were written */
  int candidates; /* how many anchors reached minimum_score; above 1024 only the best 1024 were looked at */
} TrafficCounts;

/* Bytes of device memory that traffic_decode_nms needs for `count` pictures of `anchors` anchors. */
size_t traffic_decode_nms_scratch(int count, int anchors);

/* From YOLOX's raw output to final boxes, best first; equal scores keep the order of their anchors.
 * output: device, (count, anchors, 5 + classes): x, y offsets in cells, log width and height in cells, objectness,
 * class scores, the anchors row by row through strides 8, 16, 32 of a network input of width x height.
 * scratch: device, 16-byte aligned. detections: device, (count, maximum_boxes). counts: device, (count).
 * count: 0..16. */
int traffic_decode_nms(const void* output, TrafficType type, int count, int classes, int width, int height,
                       const TrafficFrame* frames, const TrafficNmsSettings* settings, void* scratch,
                       TrafficDetection* detections, TrafficCounts* counts, void* stream);

/* y = x * tanh(softplus(x)), `count` numbers, computed in float32 for either type. x and y: device, may be the same. */
int traffic_mish(const void* x, void* y, size_t count, TrafficType type, void* stream);

/* y = mish(x + bias) of (images, channels, pixels); bias: device, (channels). x and y: device, may be the same. */
int traffic_bias_mish(const void* x, const void* bias, void* y, int images, int channels, int pixels, TrafficType type,
                      void* stream);

/* What the last call of this thread that did not return 0 expected, and what came. Valid until the next such call. */
const char* traffic_last_error(void);

#ifdef __cplusplus
}
#endif
#endif
