#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tonecast {

/// A value of a JSON text (RFC 8259).
class Json {
public:
    struct Member;
    using Array = std::vector<Json>;
    using Object = std::vector<Member>; // in the order of the text, names unique

    /// What a text may take: each value needs more memory and time than it looks like.
    struct Limits {
        std::size_t text_mib = 4;
        int values = 100'000;
    };

    /// Strict: one value, nothing after it, no comments, no NaN, no name twice in an object, valid
    /// UTF-8, nesting and length bounded. Throws Error that says where.
    static Json parse(std::string_view text, Limits limits);
    static Json parse(std::string_view text);

    Json() = default; // null
    template <typename T>
    explicit Json(T value) : value_(std::move(value)) {}

    bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    const bool* boolean() const { return std::get_if<bool>(&value_); }
    const double* number() const { return std::get_if<double>(&value_); }
    const std::string* string() const { return std::get_if<std::string>(&value_); }
    const Array* array() const { return std::get_if<Array>(&value_); }
    const Object* object() const { return std::get_if<Object>(&value_); }

    /// The member of that name; null where this is no object or has none.
    const Json* find(std::string_view name) const;

private:
    std::variant<std::monostate, bool, double, std::string, Array, Object> value_;
};

struct Json::Member {
    std::string name;
    Json value;
};

} // namespace tonecast
