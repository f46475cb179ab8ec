#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace tonecast {

/// Changes to a model's graph: nodes by their places, inputs and outputs by their names.
struct GraphEdits {
    std::set<std::size_t> dropped;
    std::map<std::size_t, std::string_view> copies;     // nodes that only hand that tensor on
    std::map<std::size_t, std::int64_t> dilations;      // of convolutions, along the last axis
    std::map<std::string_view, std::int64_t> last_axes; // how long they are
};

/// The ModelProto with these changes, all else as it was.
std::string edited(std::string_view model, const GraphEdits& edits);

} // namespace tonecast
