#pragma once

#include "engine/chain/band_solo.h"

#include <atomic>

namespace tonecast::plugin {

/// Which band someone in the window wants to hear alone; at first, none.
class SoloRequest {
public:
    // Any thread.
    void play(float frequency_hz, float octaves) noexcept {
        octaves_.store(octaves, std::memory_order_relaxed);
        frequency_hz_.store(frequency_hz, std::memory_order_relaxed);
    }
    void stop() noexcept { frequency_hz_.store(0.0F, std::memory_order_relaxed); }

    bool is_on() const noexcept { return frequency_hz_.load(std::memory_order_relaxed) > 0.0F; }

    /// Audio thread, before a block: hands it on.
    void pass_to(BandSolo& band) const noexcept {
        const float frequency_hz = frequency_hz_.load(std::memory_order_relaxed);
        if (frequency_hz > 0.0F)
            band.play(frequency_hz, octaves_.load(std::memory_order_relaxed));
        else
            band.stop();
    }

private:
    std::atomic<float> frequency_hz_{0.0F};
    std::atomic<float> octaves_{1.0F};
};

} // namespace tonecast::plugin
