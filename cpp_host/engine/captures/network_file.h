#pragma once

#include "engine/effect_file/json.h"

#include <string>
#include <vector>

namespace tonecast::captures {

/// A network out of a file, in the terms of our families: see docs/captures.md.
struct NetworkFile {
    std::string architecture;   // "wavenet", "convnet", "linear" or "recurrent"
    std::string network;        // JSON, as in a contract
    std::vector<float> weights; // in the order in which the family asks for them
};

/// One of a capture's sizes: it plays where the control "size" is below this, the last one else.
struct SizedFile {
    float below = 1.0F;
    NetworkFile network;
};

} // namespace tonecast::captures
