#pragma once

#include "engine/captures/probe.h"
#include "engine/effect_file/json.h"

#include <string>

namespace tonecast::captures {

/// What is known of a capture, to be written as its contract.
struct Card {
    explicit Card(std::string file_stem) : stem(std::move(file_stem)) {}

    std::string stem; // of the file's name
    int sample_rate_hz = 48000;
    const Json* metadata = nullptr; // of a `.nam` file; null for none
    int sizes = 1;
    int conditions = 0;
    Click click{};

    /// JSON, version 2, causal. Texts that a contract must not hold are left out.
    std::string contract() const;
};

} // namespace tonecast::captures
