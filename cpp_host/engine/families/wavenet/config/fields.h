#pragma once

#include "engine/effect_file/json.h"

#include <string>
#include <string_view>

namespace tonecast::wavenet {

/// A JSON object of a network's shape, read field by field. Each of these throws Error that names
/// the field where it is missing, of another type, or out of bounds.
class Fields {
public:
    /// `place` names the object: "arrays[0].", empty for the whole.
    Fields(const Json& json, std::string place);

    const Json& value(std::string_view name) const;
    bool has(std::string_view name) const { return json_.find(name) != nullptr; }
    bool is_null(std::string_view name) const { return value(name).is_null(); }
    int integer(std::string_view name, int lowest, int highest) const;
    float number(std::string_view name) const;
    bool boolean(std::string_view name) const;
    const std::string& text(std::string_view name) const;
    const Json::Array& list(std::string_view name, std::size_t longest) const;
    Fields object(std::string_view name) const { return {value(name), shown(name) + "."}; }
    Fields element(std::string_view name, const Json::Array& list, std::size_t i) const;

    /// A divisor of both sizes: groups of a convolution.
    int divisor(std::string_view name, int ins, int outs) const;

    std::string shown(std::string_view name) const { return place_ + std::string(name); }
    [[noreturn]] void fail(std::string_view name, const std::string& what) const;

private:
    const Json& json_;
    std::string place_;
};

/// A finite number that a float can hold.
bool is_float(const Json& json);

} // namespace tonecast::wavenet
