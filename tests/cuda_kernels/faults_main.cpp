// Runs one kernel of faults.cu: faults WHICH SPARE, with room for SPARE numbers behind the result's 64.
#include <cstdlib>

#include "../../cuda_kernels/emulator/emulator.h"

extern "C" int run_fault(int which, const int* in, int* out);

int main(int, char** words) {
  int in[64];
  for (int i = 0; i < 64; ++i) in[i] = i;
  void* out = nullptr;
  cudaMalloc(&out, sizeof in + sizeof(int) * std::atoi(words[2]));
  cudaEmulatorSetSeed(3);
  const int status = run_fault(std::atoi(words[1]), in, static_cast<int*>(out));
  cudaFree(out);
  return status == 0 ? 0 : 1;
}
