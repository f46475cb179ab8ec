#pragma once

#include "engine/captures/network_file.h"

namespace tonecast::captures {

/// The architectures of `.nam` files beside WaveNet: `config` and `weights` as they stand there.
/// `prewarm_samples` is the silence that an LSTM is played before anything else. Throw Error.
NetworkFile read_nam_lstm(const Json& config, const std::vector<float>& weights,
                          int prewarm_samples);
NetworkFile read_nam_convnet(const Json& config, const std::vector<float>& weights);
NetworkFile read_nam_linear(const Json& config, const std::vector<float>& weights);

} // namespace tonecast::captures
