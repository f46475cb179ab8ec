#include "engine/effect_file/json.h"

#include "engine/effect_file/utf8.h"
#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <locale>
#include <set>
#include <sstream>
#include <system_error>

namespace tonecast {

namespace {

constexpr int deepest_nesting = 32;

class Parser {
public:
    Parser(std::string_view text, Json::Limits limits) : text_(text), limits_(limits) {}

    Json document() {
        if (text_.size() > limits_.text_mib << 20)
            throw Error("JSON text is longer than " + std::to_string(limits_.text_mib) + " MiB");
        if (!is_utf8(text_))
            throw Error("JSON text is not valid UTF-8");
        Json result = value(0);
        skip_space();
        if (at_ != text_.size())
            fail("something follows the end");
        return result;
    }

private:
    Json value(int depth) {
        if (depth > deepest_nesting)
            fail("nested too deeply");
        if (++values_ > limits_.values)
            fail("too many values");
        skip_space();
        switch (peek()) {
        case '{':
            return Json(object(depth));
        case '[':
            return Json(array(depth));
        case '"':
            return Json(string());
        case 't':
            literal("true");
            return Json(true);
        case 'f':
            literal("false");
            return Json(false);
        case 'n':
            literal("null");
            return Json();
        default:
            return Json(number());
        }
    }

    Json::Object object(int depth) {
        Json::Object members;
        std::set<std::string> names;
        expect('{');
        skip_space();
        if (take('}'))
            return members;
        do {
            skip_space();
            std::string name = string();
            if (!names.insert(name).second)
                fail("\"" + printable(name) + "\" stands twice in an object");
            skip_space();
            expect(':');
            members.push_back({std::move(name), value(depth + 1)});
            skip_space();
        } while (take(','));
        expect('}');
        return members;
    }

    Json::Array array(int depth) {
        Json::Array elements;
        expect('[');
        skip_space();
        if (take(']'))
            return elements;
        do {
            elements.push_back(value(depth + 1));
            skip_space();
        } while (take(','));
        expect(']');
        return elements;
    }

    std::string string() {
        expect('"');
        std::string result;
        for (;;) {
            const char c = peek();
            if (static_cast<unsigned char>(c) < 0x20)
                fail("a string is not closed");
            ++at_;
            if (c == '"')
                return result;
            if (c == '\\')
                escape(result);
            else
                result += c;
        }
    }

    void escape(std::string& result) {
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        const char c = peek();
        ++at_;
        if (const auto i = letters.find(c); i != letters.npos)
            result += meanings[i];
        else if (c == 'u')
            append_utf8(result, escaped_code_point());
        else
            fail("unknown escape in a string");
    }

    unsigned escaped_code_point() {
        const unsigned first = four_hex_digits();
        if (first < 0xD800 || first > 0xDFFF)
            return first;
        // Characters beyond the basic plane come as a pair of UTF-16 surrogates.
        if (first > 0xDBFF || !take('\\') || !take('u'))
            fail("half a surrogate pair in a string");
        const unsigned second = four_hex_digits();
        if (second < 0xDC00 || second > 0xDFFF)
            fail("half a surrogate pair in a string");
        return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    }

    unsigned four_hex_digits() {
        constexpr std::string_view digits = "0123456789abcdef0123456789ABCDEF";
        unsigned result = 0;
        for (int i = 0; i < 4; ++i) {
            const auto digit = digits.find(peek());
            if (digit == digits.npos)
                fail("bad \\u escape in a string");
            result = result * 16 + static_cast<unsigned>(digit % 16);
            ++at_;
        }
        return result;
    }

    static void append_utf8(std::string& result, unsigned code) {
        const auto tail = [&](int shift) {
            result += static_cast<char>(0x80 | ((code >> shift) & 0x3F));
        };
        if (code < 0x80) {
            result += static_cast<char>(code);
        } else if (code < 0x800) {
            result += static_cast<char>(0xC0 | (code >> 6));
            tail(0);
        } else if (code < 0x10000) {
            result += static_cast<char>(0xE0 | (code >> 12));
            tail(6), tail(0);
        } else {
            result += static_cast<char>(0xF0 | (code >> 18));
            tail(12), tail(6), tail(0);
        }
    }

    double number() {
        const std::size_t start = at_;
        take('-');
        if (!take('0'))
            digits();
        if (take('.'))
            digits();
        if (take('e') || take('E')) {
            if (!take('+'))
                take('-');
            digits();
        }
        double result = 0.0;
        if (!convert(text_.substr(start, at_ - start), result) || !std::isfinite(result))
            fail("a number is out of range");
        return result;
    }

    static bool convert(std::string_view digits, double& result) {
#if defined(__cpp_lib_to_chars)
        return std::from_chars(digits.data(), digits.data() + digits.size(), result).ec ==
               std::errc();
#else
        // Not strtod, which would read a decimal comma in some hosts.
        std::istringstream stream{std::string(digits)};
        stream.imbue(std::locale::classic());
        return static_cast<bool>(stream >> result);
#endif
    }

    void digits() {
        const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
        if (!is_digit(peek()))
            fail(peek() == 'N' || peek() == 'I' ? "NaN and Infinity are no numbers"
                                                : "a value is missing or malformed");
        while (is_digit(peek()))
            ++at_;
    }

    void literal(std::string_view word) {
        if (text_.substr(at_, word.size()) != word)
            fail("a value is missing or malformed");
        at_ += word.size();
    }

    void skip_space() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos)
            ++at_;
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    bool take(char c) {
        if (peek() != c || at_ == text_.size())
            return false;
        ++at_;
        return true;
    }

    void expect(char c) {
        if (!take(c))
            fail(std::string("expected '") + c + "'");
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw Error("JSON text is malformed at byte " + std::to_string(at_) + ": " + what);
    }

    std::string_view text_;
    Json::Limits limits_;
    std::size_t at_ = 0;
    int values_ = 0;
};

} // namespace

Json Json::parse(std::string_view text, Limits limits) {
    return Parser(text, limits).document();
}

Json Json::parse(std::string_view text) {
    return parse(text, Limits());
}

const Json* Json::find(std::string_view name) const {
    const Object* members = object();
    if (members == nullptr)
        return nullptr;
    const auto found = std::find_if(members->begin(), members->end(),
                                    [&](const Member& member) { return member.name == name; });
    return found == members->end() ? nullptr : &found->value;
}

} // namespace tonecast
