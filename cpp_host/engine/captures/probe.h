#pragma once

#include "engine/families/network.h"

namespace tonecast::captures {

/// What a network makes of a faint click: where its answer is largest, and which way up.
struct Click {
    int peak_samples = 0;
    bool inverted = false;
};

/// Control thread. So faint that a nonlinear device answers in proportion.
Click probe(const Network& network);

} // namespace tonecast::captures
