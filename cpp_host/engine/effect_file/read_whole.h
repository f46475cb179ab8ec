#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace tonecast {

/// The content of a regular file that is not empty. Throws Error, which leaves naming the file to
/// the caller, where it cannot be read or is larger.
std::string read_whole(const std::filesystem::path& path, std::size_t max_mib);

} // namespace tonecast
