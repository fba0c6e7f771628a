// The hold model on std::priority_queue: what a simulator in C++ would use without further thought.
//
// usage: priority_queue PENDING EVENTS SAMPLES   prints one figure in events per second per sample
//
// Same work as suites/engine-hold.mjs: pop the first of PENDING events, schedule it again after an
// exponential time with mean 1. Entries are (time, sequence, payload), ties broken by sequence. Both
// programs take their exponential times from a table, so that the queue is measured and not log().
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <vector>

struct Event {
  double time;
  std::uint64_t sequence;
  std::int32_t payload;
};

struct Later {
  bool operator()(const Event& left, const Event& right) const {
    return left.time > right.time || (left.time == right.time && left.sequence > right.sequence);
  }
};

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: priority_queue PENDING EVENTS SAMPLES\n");
    return 2;
  }
  const int pending = std::atoi(argv[1]);
  const long events = std::atol(argv[2]);
  const int samples = std::atoi(argv[3]);

  constexpr std::uint32_t kTableMask = 65535;
  std::vector<double> increments(kTableMask + 1);
  std::uint64_t state = 88172645463325252ull;  // xorshift64 of Marsaglia
  for (double& increment : increments) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    increment = -std::log((static_cast<double>(state >> 11) + 0.5) * 0x1p-53);
  }

  std::priority_queue<Event, std::vector<Event>, Later> queue;
  std::uint64_t sequence = 0;
  std::uint32_t next = 0;
  std::int64_t checksum = 0;
  for (int i = 0; i < pending; i++) queue.push({increments[next++ & kTableMask], sequence++, i});
  for (int sample = -1; sample < samples; sample++) {
    const auto start = std::chrono::steady_clock::now();
    for (long i = 0; i < events; i++) {
      const Event event = queue.top();
      queue.pop();
      checksum += event.payload;
      queue.push({event.time + increments[next++ & kTableMask], sequence++, event.payload});
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    if (sample >= 0) std::printf("%.6g\n", static_cast<double>(events) / elapsed.count());
  }
  // The loop must not be optimised away.
  if (checksum == 42) std::fprintf(stderr, "checksum 42\n");
  return 0;
}
