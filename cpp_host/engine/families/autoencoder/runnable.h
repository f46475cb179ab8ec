#pragma once

#include "engine/families/autoencoder/frame_kernel.h"

#include <vector>

namespace tonecast::kernels {

/// The kernels that this machine can run, the fastest first; none where the compiler knew no
/// vectors.
std::vector<const FrameKernel*> runnable();

} // namespace tonecast::kernels
