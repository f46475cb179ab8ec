#pragma once

#include "engine/effect_file/json_fields.h"

#include <cmath>
#include <string>
#include <vector>

namespace tonecast::captures {

/// An object of a capture, read field by field.
class Fields : public JsonFields {
public:
    /// `place` names the object in errors; empty for the whole file.
    Fields(const Json& json, std::string place) : JsonFields(json, std::move(place), "capture") {}
};

inline constexpr int max_size = 4096; // of one axis; families bound them further

/// A list of numbers, or lists of them, row after row. Throws Error where one is no finite float32.
inline void append_numbers(const Json& json, const std::string& what, std::vector<float>& values) {
    if (const Json::Array* elements = json.array()) {
        for (const Json& element : *elements)
            append_numbers(element, what, values);
        return;
    }
    const double* number = json.number();
    const float value = number != nullptr ? static_cast<float>(*number) : NAN;
    if (!std::isfinite(value))
        throw Error("capture: " + what + " must hold nothing but finite numbers");
    values.push_back(value);
}

inline std::vector<float> numbers(const Json& json, const std::string& what) {
    std::vector<float> values;
    append_numbers(json, what, values);
    return values;
}

} // namespace tonecast::captures
