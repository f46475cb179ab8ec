#include "engine/families/wavenet/config/fields.h"

#include "engine/error.h"

#include <cmath>
#include <limits>
#include <utility>

namespace tonecast::wavenet {

Fields::Fields(const Json& json, std::string place) : json_(json), place_(std::move(place)) {
    if (json.object() == nullptr)
        throw Error(
            "network: " + (place_.empty() ? "the whole" : place_.substr(0, place_.size() - 1)) +
            " must be a JSON object");
}

void Fields::fail(std::string_view name, const std::string& what) const {
    throw Error("network: " + shown(name) + " " + what);
}

const Json& Fields::value(std::string_view name) const {
    const Json* const found = json_.find(name);
    if (found == nullptr)
        fail(name, "is missing");
    return *found;
}

int Fields::integer(std::string_view name, int lowest, int highest) const {
    const double* const found = value(name).number();
    if (found == nullptr || std::floor(*found) != *found || *found < lowest || *found > highest)
        fail(name, "must be a whole number from " + std::to_string(lowest) + " to " +
                       std::to_string(highest));
    return static_cast<int>(*found);
}

float Fields::number(std::string_view name) const {
    const Json& found = value(name);
    if (!is_float(found))
        fail(name, "must be a number");
    return static_cast<float>(*found.number());
}

bool Fields::boolean(std::string_view name) const {
    const bool* const found = value(name).boolean();
    if (found == nullptr)
        fail(name, "must be true or false");
    return *found;
}

const std::string& Fields::text(std::string_view name) const {
    const std::string* const found = value(name).string();
    if (found == nullptr)
        fail(name, "must be a text");
    return *found;
}

const Json::Array& Fields::list(std::string_view name, std::size_t longest) const {
    const Json::Array* const found = value(name).array();
    if (found == nullptr || found->empty() || found->size() > longest)
        fail(name, "must be a list of 1 to " + std::to_string(longest) + " elements");
    return *found;
}

Fields Fields::element(std::string_view name, const Json::Array& list, std::size_t i) const {
    return {list[i], shown(name) + "[" + std::to_string(i) + "]."};
}

int Fields::divisor(std::string_view name, int ins, int outs) const {
    const int found = integer(name, 1, ins);
    if (ins % found != 0 || outs % found != 0)
        fail(name,
             "must divide " + std::to_string(ins) + " and " + std::to_string(outs) + " channels");
    return found;
}

bool is_float(const Json& json) {
    const double* const number = json.number();
    return number != nullptr &&
           std::abs(*number) <= static_cast<double>(std::numeric_limits<float>::max());
}

} // namespace tonecast::wavenet
