#pragma once

#include <random>
#include <string>
#include <string_view>

namespace fuzz {

/// A JSON text with one token taken away, doubled, or replaced by another of the text or by one
/// that readers stumble over. Mostly still JSON, so that more than the parser gets to see it.
std::string mutate_json(std::string_view text, std::mt19937& random);

} // namespace fuzz
