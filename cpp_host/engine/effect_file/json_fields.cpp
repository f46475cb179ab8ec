#include "engine/effect_file/json_fields.h"

#include "engine/effect_file/utf8.h"

#include <cmath>

namespace tonecast {

JsonFields::JsonFields(const Json& json, std::string place, std::string document)
    : json_(json), place_(std::move(place)), document_(std::move(document)) {
    if (json.object() == nullptr)
        fail((place_.empty() ? "the whole" : place_) + " must be a JSON object");
}

void JsonFields::fail(const std::string& what) const {
    throw Error(document_ + ": " + what);
}

std::string JsonFields::shown(std::string_view name) const {
    return (place_.empty() ? "" : place_ + ": ") + "\"" + std::string(name) + "\"";
}

const Json& JsonFields::required(std::string_view name) const {
    const Json* value = json_.find(name);
    if (value == nullptr)
        fail(shown(name) + " is missing");
    return *value;
}

const std::string& JsonFields::text(std::string_view name) const {
    const std::string* value = required(name).string();
    if (value == nullptr || value->size() > max_text_bytes)
        fail(shown(name) + " must be a text of at most " + std::to_string(max_text_bytes) +
             " bytes");
    return *value;
}

bool JsonFields::flag(std::string_view name) const {
    const bool* value = required(name).boolean();
    if (value == nullptr)
        fail(shown(name) + " must be true or false");
    return *value;
}

double JsonFields::number(std::string_view name) const {
    const double* value = required(name).number();
    if (value == nullptr)
        fail(shown(name) + " must be a number");
    return *value;
}

double JsonFields::number(std::string_view name, double lowest, double highest) const {
    const double value = number(name);
    if (value < lowest || value > highest)
        fail(shown(name) + " must lie between " + std::to_string(static_cast<long long>(lowest)) +
             " and " + std::to_string(static_cast<long long>(highest)));
    return value;
}

int JsonFields::integer(std::string_view name, int lowest, int highest) const {
    return to_integer(required(name), shown(name), lowest, highest);
}

const Json::Array& JsonFields::array(std::string_view name) const {
    const Json::Array* elements = required(name).array();
    if (elements == nullptr)
        fail(shown(name) + " must be a list");
    return *elements;
}

std::vector<int> JsonFields::integers(std::string_view name, int lowest, int highest) const {
    std::vector<int> values;
    for (const Json& element : array(name))
        values.push_back(to_integer(element, "each of " + shown(name), lowest, highest));
    return values;
}

std::map<std::string, int, std::less<>> JsonFields::integers_by_name(std::size_t most, int lowest,
                                                                     int highest) const {
    const Json::Object& members = *json_.object();
    if (members.size() > most)
        fail(place_ + " must be at most " + std::to_string(most));
    std::map<std::string, int, std::less<>> values;
    for (const auto& [name, value] : members)
        values[name] = to_integer(value, shown(printable(name)), lowest, highest);
    return values;
}

int JsonFields::to_integer(const Json& json, const std::string& what, int lowest,
                           int highest) const {
    const double* value = json.number();
    if (value == nullptr || *value != std::floor(*value) || *value < lowest || *value > highest)
        fail(what + " must be an integer between " + std::to_string(lowest) + " and " +
             std::to_string(highest));
    return static_cast<int>(*value);
}

} // namespace tonecast
