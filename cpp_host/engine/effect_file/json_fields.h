#pragma once

#include "engine/effect_file/json.h"
#include "engine/error.h"

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tonecast {

/// One JSON object, read field by field. All throw Error, which names the field, where there is
/// none or it holds something else.
class JsonFields {
public:
    static constexpr std::size_t max_text_bytes = 1000;

    /// `place` names the object in errors; empty for the whole document, which `document` names.
    /// The JSON must outlive this.
    JsonFields(const Json& json, std::string place, std::string document);

    const Json& required(std::string_view name) const;

    /// Null where there is none.
    const Json* optional(std::string_view name) const { return json_.find(name); }

    /// Whether there is something else than null.
    bool has(std::string_view name) const {
        const Json* value = optional(name);
        return value != nullptr && !value->is_null();
    }

    const std::string& text(std::string_view name) const;
    bool flag(std::string_view name) const;
    double number(std::string_view name) const;
    double number(std::string_view name, double lowest, double highest) const; // whole bounds
    int integer(std::string_view name, int lowest, int highest) const;
    const Json::Array& array(std::string_view name) const;
    std::vector<int> integers(std::string_view name, int lowest, int highest) const;

    /// All members, whatever they are called.
    std::map<std::string, int, std::less<>> integers_by_name(std::size_t most, int lowest,
                                                             int highest) const;

    template <typename T>
    T one_of(std::string_view name,
             std::initializer_list<std::pair<std::string_view, T>> choices) const {
        const std::string& value = text(name);
        std::string listed;
        for (const auto& [word, meaning] : choices) {
            if (word == value)
                return meaning;
            listed += (listed.empty() ? "\"" : ", \"") + std::string(word) + "\"";
        }
        fail(shown(name) + " must be one of " + listed);
    }

    /// `name` as errors call it.
    std::string shown(std::string_view name) const;

    [[noreturn]] void fail(const std::string& what) const;

private:
    int to_integer(const Json& json, const std::string& what, int lowest, int highest) const;

    const Json& json_;
    std::string place_;
    std::string document_;
};

} // namespace tonecast
