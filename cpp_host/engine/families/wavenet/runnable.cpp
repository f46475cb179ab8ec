#include "engine/families/wavenet/runnable.h"

#include "engine/kernels/instruction_sets.h"

namespace tonecast::wavenet {

#define TONECAST_DECLARE(set)                                                                      \
    namespace set {                                                                                \
    extern const Kernel kernel;                                                                    \
    }
TONECAST_EACH_SET(TONECAST_DECLARE)

std::vector<const Kernel*> runnable() {
#define TONECAST_KERNEL(set) &set::kernel,
    return kernels::runnable_of<Kernel>({TONECAST_EACH_SET(TONECAST_KERNEL)});
}

} // namespace tonecast::wavenet
