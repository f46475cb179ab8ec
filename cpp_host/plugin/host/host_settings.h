#pragma once

namespace tonecast::plugin {

/// How the host plays.
struct HostSettings {
    int sample_rate_hz = 0;
    int channels = 2;
    int max_block_samples = 0;
    bool offline = false; // a bounce: the model runs inline, and nothing is ever late
};

/// Whether engines prepared for either can fade into each other.
inline bool same_stream(const HostSettings& one, const HostSettings& other) {
    return one.sample_rate_hz == other.sample_rate_hz && one.channels == other.channels;
}

} // namespace tonecast::plugin
