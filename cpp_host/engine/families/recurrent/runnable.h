#pragma once

#include "engine/families/recurrent/kernel.h"

#include <vector>

namespace tonecast::recurrent {

/// The kernels that this machine can run, the fastest first; none where the compiler knew no
/// vectors.
std::vector<const Kernel*> runnable();

} // namespace tonecast::recurrent
