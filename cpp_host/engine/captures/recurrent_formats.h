#pragma once

#include "engine/captures/network_file.h"

namespace tonecast::captures {

/// RTNeural's and AIDA-X's JSON: a Keras network, layer after layer. Throws Error.
struct KerasFile {
    NetworkFile network;
    int sample_rate_hz = 48000;
};
KerasFile read_keras(const Json& document);

/// Proteus' JSON, which Automated-GuitarAmpModelling writes: a PyTorch network. It plays at 44.1
/// kHz. Throws Error.
NetworkFile read_proteus(const Json& document);

} // namespace tonecast::captures
