#include "engine/effect_file/json_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace tonecast {

std::string json_text(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        constexpr std::string_view hex = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            (result += '\\') += c;
        else if (byte < 0x20)
            ((result += "\\u00") += hex[byte / 16]) += hex[byte % 16];
        else
            result += c;
    }
    return result + '"';
}

std::string json_text(double number) {
    if (number == std::floor(number) && std::fabs(number) < 1e15)
        return std::to_string(static_cast<long long>(number));
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return {digits.data(), end};
}

std::string json_object(const std::vector<std::pair<std::string, std::string>>& members) {
    std::string text = "{";
    for (const auto& [name, value] : members)
        text += (text.size() > 1 ? ", " : "") + json_text(name) + ": " + value;
    return text + '}';
}

std::string json_array(const std::vector<std::string>& elements) {
    std::string text = "[";
    for (const std::string& element : elements)
        text += (text.size() > 1 ? ", " : "") + element;
    return text + ']';
}

} // namespace tonecast
