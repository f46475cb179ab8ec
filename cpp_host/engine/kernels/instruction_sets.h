#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

/// The sets that this compiler has compiled kernels for, the fastest first; `use` is a macro that
/// takes one. None where the compiler knows no vectors.
#if defined(TONECAST_KERNELS_X86)
#define TONECAST_EACH_SET(use) use(avx512) use(avx2) use(TONECAST_BASELINE)
#elif defined(TONECAST_KERNELS)
#define TONECAST_EACH_SET(use) use(TONECAST_BASELINE)
#else
#define TONECAST_EACH_SET(use)
#endif

namespace tonecast::kernels {

/// Those of them that this machine runs, the fastest first.
std::vector<std::string_view> instruction_sets();

/// The kernels of one family that this machine runs, the fastest first, out of one for each set.
/// A kernel is a struct with the `name` of its set.
template <typename Kernel>
std::vector<const Kernel*> runnable_of(std::initializer_list<const Kernel*> compiled) {
    std::vector<const Kernel*> found;
    for (const std::string_view set : instruction_sets())
        for (const Kernel* kernel : compiled)
            if (kernel->name == set)
                found.push_back(kernel);
    return found;
}

} // namespace tonecast::kernels
