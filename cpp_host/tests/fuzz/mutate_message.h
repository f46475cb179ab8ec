#pragma once

#include <random>
#include <string>
#include <string_view>

namespace fuzz {

/// A protobuf message with one field changed, at any depth: taken away, doubled, moved, filled with
/// another value, or with the value of a field beside it. The lengths of all that is around it stay
/// right, so that the change arrives where it was made. A field that holds JSON is changed as such.
///
/// What is no message is cut, or has some of its bytes changed.
std::string mutate_message(std::string_view message, std::mt19937& random);

} // namespace fuzz
