#include "engine/effect_file/json.h"
#include "engine/effect_file/utf8.h"
#include "engine/error.h"
#include "tests/check.h"

#include <clocale>
#include <string>

using namespace tonecast;

TEST(every_kind_of_value_is_read) {
    const Json json = Json::parse(R"( {"a": [1, -2.5e1, true, false, null, ""], "b": {}} )");
    const Json::Array& a = *json.find("a")->array();
    CHECK(a.size() == 6);
    CHECK(*a[0].number() == 1.0);
    CHECK(*a[1].number() == -25.0);
    CHECK(*a[2].boolean() && !*a[3].boolean());
    CHECK(a[4].is_null());
    CHECK(a[5].string()->empty());
    CHECK(json.find("b")->object()->empty());
    CHECK(json.find("c") == nullptr);
    CHECK(a[0].find("a") == nullptr);
}

TEST(texts_keep_their_characters) {
    CHECK(*Json::parse(R"("\"\\\/\b\f\n\r\t")").string() == "\"\\/\b\f\n\r\t");
    CHECK(*Json::parse(R"("\u0041\u00e9\u20AC\ud83c\udfb8")").string() == "Aé€🎸");
    CHECK(*Json::parse("\"é€🎸\"").string() == "é€🎸");
    CHECK(*Json::parse(R"("a\u0000b")").string() == std::string("a\0b", 3));
}

TEST(a_decimal_comma_in_the_host_changes_no_number) {
    if (std::setlocale(LC_NUMERIC, "de_DE.UTF-8") == nullptr)
        return; // not installed
    CHECK(*Json::parse("0.5").number() == 0.5);
    std::setlocale(LC_NUMERIC, "C");
}

TEST(invalid_json_is_refused) {
    for (const char* text : {"",
                             " ",
                             "{",
                             "}",
                             "[1",
                             "[1,]",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{a:1}",
                             "{,}",
                             "01",
                             "1.",
                             ".5",
                             "+1",
                             "-",
                             "1e",
                             "NaN",
                             "Infinity",
                             "tru",
                             "nul",
                             "\"",
                             "\"\\x\"",
                             "\"\\u12\"",
                             "\"\t\"",
                             "'a'",
                             "[1] [2]",
                             "// c\n1",
                             "1e999",
                             "\"\\ud83c\"",
                             "\"\\ud83cx\"",
                             "\"\\ud83c\\u0041\"",
                             "\"\\udfb8\""})
        CHECK_THROWS_WITH(Json::parse(text), "JSON text is malformed at byte");
    CHECK_THROWS_WITH(Json::parse(std::string_view("1\0", 2)), "something follows");
}

TEST(a_name_that_stands_twice_is_refused) {
    CHECK_THROWS_WITH(Json::parse(R"({"min": 0, "min": 1})"), "\"min\" stands twice");
}

TEST(depth_length_and_values_are_bounded) {
    CHECK(Json::parse(std::string(30, '[') + std::string(30, ']')).array() != nullptr);
    CHECK_THROWS_WITH(Json::parse(std::string(1'000'000, '[')), "nested too deeply");
    CHECK_THROWS_WITH(Json::parse(std::string(5'000'000, ' ')), "longer than 4 MiB");
    std::string many = "[0";
    for (int i = 0; i < 100'000; ++i)
        many += ",0";
    CHECK_THROWS_WITH(Json::parse(many + "]"), "too many values");
}

TEST(only_well_formed_utf8_passes) {
    CHECK(is_utf8("aé€🎸\xF4\x8F\xBF\xBF"));
    for (const char* bytes : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xFF",
                              "\xF4\x90\x80\x80", "\xF0\x8F\xBF\xBF", "a\xE2\x82"}) {
        CHECK(!is_utf8(bytes));
        CHECK(is_utf8(printable(bytes)));
        CHECK_THROWS_WITH(Json::parse('"' + std::string(bytes) + '"'), "not valid UTF-8");
    }
}

TEST(errors_stay_on_one_short_line) {
    CHECK(printable("a\nb\x7F") == "a b ");
    CHECK(printable("\xC2\x9B\x31m\xE2\x80\xAE") == " 1m ");
    CHECK(printable(std::string(100'000, 'x')).size() < 500);
}
