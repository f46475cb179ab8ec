#pragma once

#include <string>
#include <string_view>

namespace tonecast {

/// Whether `text` is well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

/// Whether UTF-8 text is what it looks like on a terminal and in a window: no control characters
/// (escape sequences begin with one), no line breaks, nothing that turns the writing direction.
bool is_plain(std::string_view text);

/// `text` fit to be shown in a message: one line of valid UTF-8, cut where it grows long. Names
/// found in a damaged file are arbitrary bytes, and an error about them must still be readable.
std::string printable(std::string_view text);

} // namespace tonecast
