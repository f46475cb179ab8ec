#include "engine/trial/limits.h"

#include <sys/resource.h>

namespace tonecast {

void limit_resources() {
    const rlimit none{0, 0};
    const rlimit memory{trial_memory_bytes, trial_memory_bytes};
    const rlimit cpu{trial_cpu_s, trial_cpu_s + 1}; // SIGXCPU, then SIGKILL
    setrlimit(RLIMIT_AS, &memory);
    setrlimit(RLIMIT_CPU, &cpu);
    setrlimit(RLIMIT_FSIZE, &none);
    setrlimit(RLIMIT_CORE, &none);
}

} // namespace tonecast
