#pragma once

#include "engine/filter/kernel.h"

#include <vector>

namespace tonecast::filter {

/// The kernels that this machine can run, the fastest first; the last one, "plain", runs anywhere.
std::vector<const Kernel*> runnable();

} // namespace tonecast::filter
