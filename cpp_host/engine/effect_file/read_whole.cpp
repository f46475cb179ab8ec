#include "engine/effect_file/read_whole.h"

#include "engine/error.h"

#include <cstdint>
#include <fstream>
#include <system_error>

namespace tonecast {

std::string read_whole(const std::filesystem::path& path, std::size_t max_mib) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found)
        throw Error("there is no such file");
    if (std::filesystem::is_directory(status))
        throw Error("it is a folder, not an effect file");
    // Pipes and devices need not ever end.
    if (!std::filesystem::is_regular_file(status))
        throw Error("it is not a file that can be read");
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file)
        throw Error("it cannot be read; check its permissions");
    if (size == 0)
        throw Error("it is empty");
    if (size > std::uintmax_t{max_mib} << 20)
        throw Error("it is larger than " + std::to_string(max_mib) + " MiB");
    std::string bytes(static_cast<std::size_t>(size), '\0');
    if (!file.read(bytes.data(), static_cast<std::streamsize>(size)))
        throw Error("it cannot be read to its end");
    return bytes;
}

} // namespace tonecast
