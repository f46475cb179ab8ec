#include "tests/fuzz/mutate_json.h"

#include "tests/fuzz/pick.h"

#include <array>
#include <vector>

namespace fuzz {

namespace {

constexpr std::array<std::string_view, 36> stumbling_blocks{
    "0",
    "-0",
    "1",
    "2",
    "3",
    "7",
    "8",
    "16",
    "64",
    "-1",
    "0.5",
    "1e-30",
    "1e30",
    "1e308",
    "1e309",
    "2147483647",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "383987",
    "null",
    "true",
    "false",
    "[]",
    "{}",
    "[[[[[[[[]]]]]]]]",
    "\"\"",
    "\"self\"",
    "\"name_or_path\"",
    "\"hann\"",
    "\"log\"",
    "\"predictor\"",
    "\"\\u001b[31m\"",
    "\"\\ud800\\udc00\"",
    "\"\\ud800\"",
    "\"\xF0\x9F\x8E\xB8\"",
};

/// Strings, numbers, words and signs; spaces stay with what follows them.
std::vector<std::string_view> tokens(std::string_view text) {
    std::vector<std::string_view> found;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = text.find_first_not_of(" \t\r\n", at);
        if (end == text.npos)
            break;
        if (text[end] == '"') {
            for (++end; end < text.size() && text[end] != '"'; ++end)
                end += text[end] == '\\';
            end = std::min(text.size(), end + 1);
        } else if (std::string_view("{}[],:").find(text[end]) != text.npos) {
            ++end;
        } else {
            end = std::min(text.size(), text.find_first_of(" \t\r\n{}[],:\"", end));
        }
        found.push_back(text.substr(at, end - at));
        at = end;
    }
    return found;
}

} // namespace

std::string mutate_json(std::string_view text, std::mt19937& random) {
    auto parts = tokens(text);
    if (parts.empty())
        return "{}";
    auto& token = parts[pick(random, parts.size())];
    std::string twice;
    switch (pick(random, 4)) {
    case 0:
        token = {};
        break;
    case 1:
        twice = std::string(token) + std::string(token);
        token = twice;
        break;
    case 2:
        token = parts[pick(random, parts.size())];
        break;
    default:
        token = stumbling_blocks[pick(random, stumbling_blocks.size())];
    }
    std::string mutated;
    for (const auto part : parts)
        mutated += part;
    return mutated;
}

} // namespace fuzz
