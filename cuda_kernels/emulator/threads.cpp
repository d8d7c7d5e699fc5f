// Runs the threads of a block as OS threads, for ThreadSanitizer. Slow: small grids only.
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "emulator.h"

namespace cuda_emulator {

thread_local Place place;

namespace {

struct Gathering {
  std::mutex mutex;
  std::condition_variable changed;
  unsigned threads, present, waiting, generation;
  const char* file;
  int line;
  bool broken;

  void start(unsigned count) {
    threads = present = count;
    waiting = generation = 0;
    broken = false;
  }

  void break_up(const char* at_file, int at_line) {
    report("%s:%d: __syncthreads not reached alike by all %u threads", at_file, at_line, threads);
    broken = true;
    changed.notify_all();
  }
};

Gathering gathering;

struct Broken {};

}  // namespace

void barrier(const char* file, int line) {
  std::unique_lock<std::mutex> lock(gathering.mutex);
  const bool parted = gathering.present != gathering.threads ||
                      (gathering.waiting > 0 && (gathering.file != file || gathering.line != line));
  if (parted && !gathering.broken) gathering.break_up(file, line);
  gathering.file = file;
  gathering.line = line;
  const unsigned generation = gathering.generation;
  if (++gathering.waiting == gathering.threads) {
    gathering.waiting = 0;
    ++gathering.generation;
    gathering.changed.notify_all();
  }
  gathering.changed.wait(lock, [&] { return gathering.broken || generation != gathering.generation; });
  if (gathering.broken) throw Broken{};
}

bool run_block(const Place& first, unsigned threads, const std::function<void()>& kernel) {
  gathering.start(threads);
  std::vector<std::thread> running;
  running.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      place = first;
      place.thread = thread_at(i, first.threads_a_block);
      try {
        kernel();
      } catch (const Broken&) {
      }
      const std::lock_guard<std::mutex> lock(gathering.mutex);
      --gathering.present;
      if (gathering.waiting > 0 && !gathering.broken) gathering.break_up(gathering.file, gathering.line);
    });
  }
  for (std::thread& thread : running) thread.join();
  return !gathering.broken;
}

}  // namespace cuda_emulator
