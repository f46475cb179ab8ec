#pragma once

#include "engine/effect_file/contract.h"
#include "engine/effect_file/effect_file.h"
#include "engine/families/autoencoder/frame_kernel.h"

#include <string>
#include <vector>

namespace tonecast::kernels {

/// Why the kernels cannot play an effect, as the end of a message; empty where they can.
std::string obstacle(const Contract& contract);

/// The weights of an effect without obstacle, out of its graph's initializers.
class GraphWeights {
public:
    /// Throws Error where one is missing or has another shape than the architecture says.
    explicit GraphWeights(const EffectFile& file);

    const Weights& view() const noexcept { return view_; }

private:
    std::vector<std::vector<float>> values_;
    Weights view_{};
};

} // namespace tonecast::kernels
