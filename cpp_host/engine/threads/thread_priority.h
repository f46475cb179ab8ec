#pragma once

#if defined(__unix__) || defined(__APPLE__)
#include <algorithm>
#include <pthread.h>
#endif

namespace tonecast {

// A worker must come before all ordinary threads, and never before the audio thread that it works
// for: it would hold up the very callback that wakes it.

#if defined(__unix__) || defined(__APPLE__)

using ThreadId = pthread_t;

/// Real-time safe.
inline ThreadId current_thread() noexcept {
    return pthread_self();
}

/// Gives the calling thread the other one's real-time policy at so many steps less of priority.
/// False where the other has none, or the system does not allow it.
inline bool run_below(ThreadId other, int steps) noexcept {
    int policy = SCHED_OTHER;
    sched_param parameters{};
    if (pthread_getschedparam(other, &policy, &parameters) != 0 || policy == SCHED_OTHER)
        return false;
    parameters.sched_priority =
        std::max(sched_get_priority_min(policy), parameters.sched_priority - steps);
    return pthread_setschedparam(pthread_self(), policy, &parameters) == 0;
}

#else

using ThreadId = int;
inline ThreadId current_thread() noexcept {
    return 0;
}
inline bool run_below(ThreadId, int) noexcept {
    return false;
}

#endif

} // namespace tonecast
