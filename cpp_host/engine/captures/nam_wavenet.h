#pragma once

#include "engine/captures/network_file.h"
#include "engine/families/wavenet/config.h"

#include <string>
#include <vector>

namespace tonecast::captures {

/// A WaveNet as `.nam` files write it, its older spellings resolved, and the channels that a
/// slimmable one allows, for each array; empty where it has one size.
struct NamWaveNet {
    wavenet::WaveNet network;
    std::vector<std::vector<int>> allowed_channels;
};

/// `config` as it stands in the file. Its condition network, if any, brings weights of its own:
/// they are appended to `condition_weights`. Throws Error, which names the field.
NamWaveNet read_nam_wavenet(const Json& config, std::vector<float>& condition_weights);

/// An activation as `.nam` files write it: a name, or an object with a "type" and parameters.
wavenet::Activation read_nam_activation(const Json& json, const std::string& place);

} // namespace tonecast::captures
