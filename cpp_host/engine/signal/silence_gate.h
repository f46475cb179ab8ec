#pragma once

#include "engine/signal/audio_buffer.h"

#include <vector>

namespace tonecast {

/// Makes an effect silent where its input is: many models answer silence with a faint offset or a
/// tone. Each channel fades out once its input has been silent for `hold_s`, and back in before the
/// sound returns: the input is heard as early as the latency, its gate is applied that much later.
class SilenceGate {
public:
    /// Below this, −140 dBFS, 24 bits hold nothing.
    static constexpr float silent_peak = 1e-7F;

    static constexpr double hold_s = 0.04; // with the fade, less than 0.1 s
    static constexpr double fade_out_s = 0.05;
    static constexpr double fade_in_s = 0.005; // or the latency, where that is shorter

    /// `late_samples` is by how much the sound to be gated is later than the input, `tail_s` how
    /// long the effect sounds on by itself. It begins closed.
    void prepare(int sample_rate_hz, int channels, int late_samples, double tail_s);

    /// Lets everything pass: for effects that sound by themselves.
    void prepare_open() noexcept { open_ = true; }
    void reset() noexcept;

    /// Hears n samples of the input and applies to as many of the late sound what follows.
    void process(const AudioBuffer& input, AudioBuffer& late, int n) noexcept;

private:
    struct Channel {
        int silent_samples = 0; // since the last sound of the input, no more than is needed
        float gain = 0.0F;
    };

    bool open_ = true;
    int close_after_samples_ = 0; // of silence at the input
    float step_in_ = 1.0F;        // of the gain, a sample
    float step_out_ = 1.0F;
    std::vector<Channel> channels_;
};

} // namespace tonecast
