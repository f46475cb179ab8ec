#pragma once

#include "engine/convolution/impulse_response.h"

#include <filesystem>
#include <memory>

namespace tonecast::plugin {

/// Any thread that may wait. The impulse response in an audio file: WAV or AIFF, one channel or
/// two, up to 10 s. Throws Error, which names the file.
std::shared_ptr<const ImpulseResponse> read_cabinet(const std::filesystem::path& path);

} // namespace tonecast::plugin
