#include "engine/families/autoencoder/runnable.h"

#include "engine/kernels/instruction_sets.h"

namespace tonecast::kernels {

#define TONECAST_DECLARE(set)                                                                      \
    namespace set {                                                                                \
    extern const FrameKernel kernel;                                                               \
    }
TONECAST_EACH_SET(TONECAST_DECLARE)

std::vector<const FrameKernel*> runnable() {
#define TONECAST_KERNEL(set) &set::kernel,
    return runnable_of<FrameKernel>({TONECAST_EACH_SET(TONECAST_KERNEL)});
}

} // namespace tonecast::kernels
