#pragma once

#include "engine/captures/network_file.h"
#include "engine/captures/reading.h"

#include <optional>

namespace tonecast::captures {

/// A model's "version" is three plain integers, from 0.5.0 to 0.7.x. Throws Error where it is not.
void check_nam_version(const Fields& model);

/// What a `.nam` file holds.
struct NamFile {
    std::vector<SizedFile> sizes;      // in ascending order
    std::optional<int> sample_rate_hz; // none: not stated
    const Json* metadata = nullptr;    // part of the document
};

/// Throws Error, which names the field, where `document` is none, or is of a version that cannot be
/// played. `document` must outlive what is returned.
NamFile read_nam(const Json& document);

/// One model of it that is no container and has one size.
NetworkFile read_nam_network(const Json& model);

} // namespace tonecast::captures
