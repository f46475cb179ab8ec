#pragma once

#include <stdexcept>

namespace tonecast {

/// What a user did or has that cannot work: one line that names the thing and the way out.
/// Thrown while loading and preparing, never on the audio thread.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

} // namespace tonecast
