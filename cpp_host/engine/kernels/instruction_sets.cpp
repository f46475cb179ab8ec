#include "engine/kernels/instruction_sets.h"

namespace tonecast::kernels {

#define TONECAST_TEXT(text) #text
#define TONECAST_NAME(set) TONECAST_TEXT(set) // of what the macro stands for

std::vector<std::string_view> instruction_sets() {
    std::vector<std::string_view> found;
#if defined(TONECAST_KERNELS_X86)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
        found.emplace_back("avx512");
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        found.emplace_back("avx2");
#endif
#if defined(TONECAST_KERNELS)
    found.emplace_back(TONECAST_NAME(TONECAST_BASELINE));
#endif
    return found;
}

} // namespace tonecast::kernels
