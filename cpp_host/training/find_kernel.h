#pragma once

#include "engine/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace tonecast::training {

/// The fastest one, or that of an instruction set. Throws Error where there is none.
template <typename Kernel>
const Kernel* find_kernel(const std::vector<const Kernel*>& runnable,
                          std::string_view instruction_set) {
    for (const Kernel* kernel : runnable)
        if (instruction_set.empty() || kernel->name == instruction_set)
            return kernel;
    throw Error("this machine has no training kernel" +
                (instruction_set.empty() ? std::string()
                                         : " named '" + std::string(instruction_set) + "'") +
                "; train with PyTorch's own operators instead");
}

} // namespace tonecast::training
