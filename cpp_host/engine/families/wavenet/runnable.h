#pragma once

#include "engine/families/wavenet/kernel.h"

#include <vector>

namespace tonecast::wavenet {

/// The kernels that this machine can run, the fastest first; none where the compiler knew no
/// vectors.
std::vector<const Kernel*> runnable();

} // namespace tonecast::wavenet
