#include "engine/effect_file/utf8.h"

#include <cstddef>

namespace tonecast {

namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
    return static_cast<unsigned char>(text[i]);
}

/// Bytes of the well-formed character that `text` begins with; 0 where there is none.
std::size_t character_length(std::string_view text) {
    const unsigned lead = byte_at(text, 0);
    if (lead < 0x80)
        return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte_at(text, i) & 0xC0) != 0x80)
            return 0;
    const unsigned second = byte_at(text, 1);
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool surrogate = lead == 0xED && second > 0x9F;
    const bool beyond_unicode = lead == 0xF4 && second > 0x8F;
    return overlong || surrogate || beyond_unicode ? 0 : length;
}

/// The code point of a well-formed character of so many bytes.
unsigned code_point(std::string_view text, std::size_t length) {
    constexpr unsigned first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned code = byte_at(text, 0) & first_bits[length];
    for (std::size_t i = 1; i < length; ++i)
        code = code << 6 | (byte_at(text, i) & 0x3F);
    return code;
}

bool is_control(unsigned code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || // C0, delete, C1
           code == 0x61C || code == 0x200E || code == 0x200F || code == 0x2028 || code == 0x2029 ||
           (code >= 0x202A && code <= 0x202E) || // writing direction
           (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF ||
           (code >= 0xFFF9 && code <= 0xFFFB) || // annotations
           (code >= 0xE0000 && code <= 0xE007F); // tags
}

} // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

bool is_plain(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (length == 0 || is_control(code_point(text, length)))
            return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string printable(std::string_view text) {
    constexpr std::size_t longest = 400;
    std::string shown;
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (shown.size() + length > longest)
            return shown + "…";
        if (length == 0)
            shown += '?';
        else if (is_control(code_point(text, length)))
            shown += ' ';
        else
            shown += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return shown;
}

} // namespace tonecast
