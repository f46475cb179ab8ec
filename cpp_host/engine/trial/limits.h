#pragma once

#include <cstdint>

namespace tonecast {

/// What a trial may take, far more than any effect that plays live.
inline constexpr std::uint64_t trial_memory_bytes = std::uint64_t{5} << 29; // 2.5 GiB
inline constexpr int trial_cpu_s = 10;

/// Limits this process for good: its address space (RLIMIT_AS), its processor time (RLIMIT_CPU);
/// it writes no file (RLIMIT_FSIZE) and leaves no core (RLIMIT_CORE).
void limit_resources();

} // namespace tonecast
