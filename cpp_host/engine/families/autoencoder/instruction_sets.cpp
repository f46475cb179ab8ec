#include "engine/families/autoencoder/instruction_sets.h"

namespace tonecast::kernels {

#if defined(TONECAST_KERNELS_X86)

namespace avx512 {
extern const FrameKernel kernel;
}
namespace avx2 {
extern const FrameKernel kernel;
}

#endif
#if defined(TONECAST_KERNELS)

namespace TONECAST_BASELINE {
extern const FrameKernel kernel;
}

#endif

std::vector<const FrameKernel*> runnable() {
    std::vector<const FrameKernel*> found;
#if defined(TONECAST_KERNELS_X86)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
        found.push_back(&avx512::kernel);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        found.push_back(&avx2::kernel);
#endif
#if defined(TONECAST_KERNELS)
    found.push_back(&TONECAST_BASELINE::kernel);
#endif
    return found;
}

} // namespace tonecast::kernels
