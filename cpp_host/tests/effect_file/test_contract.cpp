#include "engine/effect_file/contract.h"
#include "engine/error.h"
#include "tests/check.h"
#include "tests/effect_file/valid_contract.h"

#include <string>

using namespace tonecast;

namespace {

Contract parse_changed(std::string_view before, std::string_view after) {
    return parse_contract(changed(valid_contract, before, after));
}

} // namespace

TEST(the_engine_sees_what_the_contract_says) {
    const Contract contract = parse_contract(valid_contract);
    CHECK(contract.kind == Kind::effect);
    CHECK(contract.name == "test-effect");
    CHECK(contract.sample_rate_hz == 48000);
    CHECK(contract.frame_size_samples == 8);
    CHECK(contract.hop_size_samples == 4);
    CHECK((contract.hop_sizes_samples == std::vector{2, 4}));
    CHECK(contract.analysis_window == Window::hann);
    CHECK(contract.synthesis_window == Window::none);
    CHECK(contract.controls.size() == 2);
    const Control& low = contract.controls[1];
    CHECK(low.name == "low_hz" && low.label == "Low limit" && low.unit == "Hz");
    CHECK(low.scale == Scale::log && low.automatic_by == "some-predictor");
    CHECK(low.minimum == 20.0F && low.maximum == 20000.0F && low.default_value == 100.0F);
    CHECK(contract.controls[0].automatic_by.empty());
}

TEST(a_causal_effect_has_blocks_in_the_place_of_frames) {
    const Contract contract = parse_contract(valid_causal_contract);
    CHECK(contract.form == Form::causal);
    CHECK(contract.frame_size_samples == 64 && contract.hop_size_samples == 64);
    CHECK((contract.hop_sizes_samples == std::vector{64}));
    CHECK(contract.prewarm_samples == 4093 && !contract.tail_s);
    CHECK(contract.architecture->network.find("layers")->array()->size() == 2);
    CHECK(contract.capture->loudness_db == -18.5F && !contract.capture->input_level_dbu);

    const auto parse = [](std::string_view before, std::string_view after) {
        return parse_contract(changed(valid_causal_contract, before, after));
    };
    CHECK_THROWS_WITH(parse("\"version\": 2", "\"version\": 1"),
                      "contract: \"architecture\": \"sizes\" is missing");
    CHECK_THROWS_WITH(parse("\"causal\"", "\"casual\""),
                      "contract: \"form\" must be one of \"frame\", \"causal\"");
    CHECK_THROWS_WITH(parse("\"block_size_samples\": 64", "\"block_size_samples\": 0"),
                      "must be an integer between 1 and 65536");
    const std::string of_one = changed(valid_causal_contract, "64", "1");
    CHECK_THROWS_WITH(parse_contract(changed(of_one, "4093", "40000")),
                      "\"prewarm_samples\" must be at most 32768 blocks");
    CHECK_THROWS_WITH(parse("{\"layers\": [1, 2]}", "[]"), "must be a JSON object");
    CHECK_THROWS_WITH(parse("-18.5", "\"loud\""), "\"loudness_db\" must be a number");
}

TEST(a_delay_is_for_causal_effects_and_readers_that_know_of_it) {
    const std::string newest = changed(valid_causal_contract, "\"version\": 2", "\"version\": 3");
    const auto with = [](const std::string& contract, const std::string& delay) {
        return parse_contract(changed(contract, "\"kind\": \"effect\",",
                                      "\"kind\": \"effect\", \"delay_samples\": " + delay + ","));
    };
    CHECK(parse_contract(valid_causal_contract).delay_samples == 0);
    CHECK(parse_contract(newest).delay_samples == 0);
    CHECK(with(newest, "240").delay_samples == 240);
    CHECK(with(newest, "65536").delay_samples == 65536);
    for (const char* wrong : {"-1", "65537", "2.5", "1e9", "\"240\"", "null", "true", "[240]"})
        CHECK_THROWS_WITH(with(newest, wrong),
                          "contract: \"delay_samples\" must be an integer between 0 and 65536");

    // What says nothing may stand anywhere; what an earlier reader would miss may not.
    CHECK(with(valid_contract, "0").delay_samples == 0);
    CHECK(with(valid_causal_contract, "0").delay_samples == 0);
    CHECK_THROWS_WITH(with(valid_causal_contract, "240"),
                      "contract: \"delay_samples\" needs \"version\" 3, not 2");
    CHECK_THROWS_WITH(with(valid_contract, "240"), "\"delay_samples\" is for causal effects");
    CHECK_THROWS_WITH(
        with(changed(valid_contract, "\"version\": 1", "\"version\": 3, \"form\": \"frame\""),
             "240"),
        "\"delay_samples\" is for causal effects");
}

TEST(a_filter_effect_says_what_its_curves_become) {
    const Contract contract = parse_contract(valid_filter_contract);
    CHECK(contract.form == Form::filter);
    CHECK(contract.frame_size_samples == 128);
    CHECK(contract.hop_size_samples == 64);
    CHECK(contract.analysis_window == Window::hann);
    CHECK(contract.transform_size_samples == 16);
    CHECK(contract.filter_taps_samples == 12);
    CHECK(contract.max_gain_db == 6.0F);
    CHECK(!contract.controls[0].is_players && contract.controls[1].is_players);

    const auto refused = [](std::string_view before, std::string_view after) {
        return parse_contract(changed(valid_filter_contract, before, after));
    };
    CHECK_THROWS_WITH(refused("\"version\": 4", "\"version\": 3"),
                      "contract: \"form\" \"filter\" needs \"version\" 4, not 3");
    CHECK_THROWS_WITH(refused("\"transform_size_samples\": 16, ", ""),
                      "\"transform_size_samples\" is missing");
    CHECK_THROWS_WITH(refused("\"filter_taps_samples\": 12, ", ""),
                      "\"filter_taps_samples\" is missing");
    CHECK_THROWS_WITH(refused(", \"max_gain_db\": 6.0", ""), "\"max_gain_db\" is missing");
    CHECK_THROWS_WITH(refused("\"analysis_window\": \"hann\",", ""),
                      "\"analysis_window\" is missing");
    CHECK_THROWS_WITH(refused("\"transform_size_samples\": 16", "\"transform_size_samples\": 24"),
                      "must be a power of two");
    CHECK_THROWS_WITH(refused("\"filter_taps_samples\": 12", "\"filter_taps_samples\": 17"),
                      "must be at least \"filter_taps_samples\"");
    CHECK_THROWS_WITH(refused("\"filter_taps_samples\": 12", "\"filter_taps_samples\": 4097"),
                      "filter_taps_samples");
    CHECK_THROWS_WITH(
        parse_contract(changed(changed(valid_filter_contract, "\"filter_taps_samples\": 12",
                                       "\"filter_taps_samples\": 801"),
                               "\"sample_rate_hz\": 48000", "\"sample_rate_hz\": 8000")),
        "\"filter_taps_samples\" must be an integer between 1 and 800");
    CHECK_THROWS_WITH(refused("\"max_gain_db\": 6.0", "\"max_gain_db\": 61"), "max_gain_db");
    CHECK_THROWS_WITH(refused("[64, 128]", "[32, 64]"), "hop_sizes_samples");
    CHECK_THROWS_WITH(refused("\"max_gain_db\"", R"("trained_level": {}, "max_gain_db")"),
                      "is not for filter effects");
    CHECK_THROWS_WITH(refused("\"name\": \"gain\"", "\"name\": \"gain_db\""),
                      "must not be called \"gain_db\"");
    const std::string newest = changed(valid_filter_contract, "\"version\": 4", "\"version\": 5");
    CHECK_THROWS_WITH(
        parse_contract(changed(newest, "\"max_gain_db\"", "\"sidechain\": true, \"max_gain_db\"")),
        "\"sidechain\" is for frame and causal effects");
}

TEST(a_second_sound_and_channels_that_play_together_need_version_5) {
    const std::string newest = changed(valid_causal_contract, "\"version\": 2", "\"version\": 5");
    const auto with = [](const std::string& contract, const std::string& fields) {
        return parse_contract(
            changed(contract, "\"kind\": \"effect\",", "\"kind\": \"effect\", " + fields + ","));
    };
    CHECK(!parse_contract(newest).has_sidechain && !parse_contract(newest).channels);
    CHECK(with(newest, "\"sidechain\": true").has_sidechain);
    CHECK(with(newest, "\"channels\": 2").channels == 2);
    CHECK(!with(newest, "\"channels\": null").channels);
    for (const char* wrong : {"1", "\"yes\"", "null"})
        CHECK_THROWS_WITH(with(newest, std::string("\"sidechain\": ") + wrong), "\"sidechain\"");
    for (const char* wrong : {"0", "9", "2.5", "\"2\"", "true"})
        CHECK_THROWS_WITH(with(newest, std::string("\"channels\": ") + wrong),
                          "contract: \"channels\" must be an integer between 1 and 8");

    // What says nothing may stand anywhere; what an earlier reader would miss may not.
    CHECK(!with(valid_contract, "\"sidechain\": false").has_sidechain);
    CHECK_THROWS_WITH(with(valid_causal_contract, "\"sidechain\": true"),
                      "contract: \"sidechain\" needs \"version\" 5, not 2");
    CHECK_THROWS_WITH(with(valid_causal_contract, "\"channels\": 2"),
                      "contract: \"channels\" needs \"version\" 5, not 2");

    CHECK_THROWS_WITH(with(newest, "\"sidechain\": true, \"trained_level\": {\"response\": "
                                   "\"linear\", \"input_peak_db\": 0, \"output_peak_db\": 0}"),
                      "\"trained_level\" must be \"nonlinear\"");
    const std::string control =
        "\"controls\": [{\"name\": \"sidechain\", \"label\": \"S\", \"unit\": \"\", \"scale\": "
        "\"linear\", \"min\": 0, \"max\": 1, \"default\": 0, \"automatic_by\": null}]";
    const std::string named = changed(newest, "\"controls\": []", control);
    CHECK(parse_contract(named).controls.size() == 1);
    CHECK_THROWS_WITH(with(named, "\"sidechain\": true"),
                      "a control must not be called \"sidechain\"");
}

TEST(texts_do_to_a_terminal_what_they_look_like) {
    const auto label = [](const std::string& text) {
        return parse_changed("\"label\": \"Test\"", "\"label\": \"" + text + "\"").label;
    };
    CHECK(label("Ré\xF0\x9F\x8E\xB8 ‒ שלום") == "Ré🎸 ‒ שלום");
    // Escape, line feed, NUL, delete, C1, right-to-left override, isolate, line separator, a tag.
    for (const char* text : {"\\u001b[2J", "a\\nb", "a\\u0000", "\x7F", "\xC2\x9B", "\\u202e",
                             "\xE2\x81\xA6", "\\u2028", "\xF3\xA0\x81\x81"})
        CHECK_THROWS_WITH(label(text), "holds control characters");
    CHECK_THROWS_WITH(
        parse_changed("\"provenance\": {}", "\"provenance\": {\"licences\": [\"\\u001b\"]}"),
        "contract: \" \" holds control characters");
    CHECK_THROWS_WITH(parse_changed("\"parity\": {}", "\"parity\": {\"\\u0007\": 1}"),
                      "holds control characters");
}

TEST(an_architecture_may_be_named) {
    CHECK(!parse_contract(valid_contract).architecture);
    const auto with = [](const std::string& json) {
        return parse_changed("\"predictor\": null", "\"architecture\": " + json).architecture;
    };
    CHECK(!with("null"));
    const auto cae = with(R"({"name": "cae", "sizes": {"filters": 128, "pool": 16}})");
    CHECK(cae->name == "cae" && cae->sizes.size() == 2);
    CHECK(cae->sizes.find("filters")->second == 128);
    CHECK(with(R"({"name": "of-tomorrow", "sizes": {}, "more": 1})")->name == "of-tomorrow");
    CHECK_THROWS_WITH(with("7"), "\"architecture\" must be a JSON object");
    CHECK_THROWS_WITH(with(R"({"sizes": {}})"), "\"architecture\": \"name\" is missing");
    CHECK_THROWS_WITH(with(R"({"name": "C A E", "sizes": {}})"), "must be made of a-z");
    CHECK_THROWS_WITH(with(R"({"name": "cae"})"), "\"architecture\": \"sizes\" is missing");
    CHECK_THROWS_WITH(with(R"({"name": "cae", "sizes": {"pool": 0}})"),
                      "\"architecture\": \"sizes\": \"pool\" must be an integer between 1 and");
    CHECK_THROWS_WITH(with(R"({"name": "cae", "sizes": {"pool": "many"}})"), "\"pool\" must be");
}

TEST(the_architecture_of_a_filter_effect_has_a_network) {
    const auto with = [](const std::string& json) {
        return parse_contract(
            changed(valid_filter_contract, "\"kind\"", "\"architecture\": " + json + ", \"kind\""));
    };
    const auto found = with(R"({"name": "of-tomorrow", "network": {"bands": 400}})").architecture;
    CHECK(found->sizes.empty());
    CHECK(*found->network.find("bands")->number() == 400.0);
    CHECK_THROWS_WITH(with(R"({"name": "cae", "sizes": {"pool": 16}})"), "\"network\" is missing");
    CHECK_THROWS_WITH(with(R"({"name": "cae", "network": 3})"), "must be a JSON object");
}

TEST(a_predictor_has_no_frames) {
    const Contract contract = parse_contract(valid_predictor_contract);
    CHECK(contract.kind == Kind::predictor);
    CHECK(contract.window_samples == 11025);
    CHECK(contract.period_s == 0.1);
    CHECK(contract.smoothing_s == 3.0);
    CHECK(contract.controls.empty());
    CHECK_THROWS_WITH(
        parse_contract(changed(valid_predictor_contract, "\"period_s\": 0.1", "\"period_s\": 0")),
        "\"period_s\" must be greater than 0");
    CHECK_THROWS_WITH(parse_contract(changed(valid_predictor_contract, "11025", "1e9")),
                      "\"window_samples\" must be an integer between 1 and");
    CHECK_THROWS_WITH(parse_changed("\"kind\": \"effect\"", "\"kind\": \"predictor\""),
                      "\"predictor\" must be a JSON object");
}

TEST(a_newer_contract_asks_for_an_update_whatever_else_it_holds) {
    CHECK_THROWS_WITH(parse_contract(R"({"version": 6})"),
                      "it was made for contract version 6, this tonecast reads up to 5: update");
    CHECK_THROWS_WITH(parse_contract(R"({"version": 0})"), "\"version\" must be an integer");
    CHECK_THROWS_WITH(parse_contract(R"({})"), "\"version\" is missing");
    CHECK_THROWS_WITH(parse_contract("[]"), "must be a JSON object");
    CHECK_THROWS_WITH(parse_contract("not json"), "contract: JSON text is malformed");
}

TEST(fields_of_later_writers_are_tolerated) {
    CHECK(parse_changed("\"predictor\": null,", "\"predictor\": null, \"mood\": [1],").name ==
          "test-effect");
}

TEST(every_field_is_required) {
    for (const char* name :
         {"kind", "name\": \"test", "label\": \"Test", "description", "sample_rate_hz",
          "frame_size_samples", "hop_size_samples", "hop_sizes_samples", "analysis_window",
          "synthesis_window", "controls", "provenance", "parity", "unit\": \"\"", "min\": 0.0",
          "max\": 2.", "default\": 0.5", "automatic_by\": null"}) {
        const std::string quoted = '"' + std::string(name);
        const std::string field = quoted.substr(0, quoted.find('"', 1)) + "\" is missing";
        CHECK_THROWS_WITH(parse_changed(quoted, "\"x-" + std::string(name)), field);
    }
}

TEST(values_out_of_their_range_are_refused) {
    const auto refused = [](const char* before, const char* after, const char* part) {
        CHECK_THROWS_WITH(parse_changed(before, after), part);
    };
    refused("test-effect", "Test Effect", "\"name\" must be made of a-z");
    refused("test-effect", "", "\"name\" must be made of a-z");
    refused("test-effect", "../etc", "\"name\" must be made of a-z");
    refused("48000", "7999", "\"sample_rate_hz\" must be an integer between 8000 and 384000");
    refused("48000", "1e300", "\"sample_rate_hz\" must be an integer");
    refused("48000", "44100.5", "\"sample_rate_hz\" must be an integer");
    refused("48000", "\"48000\"", "\"sample_rate_hz\" must be an integer");
    refused("\"frame_size_samples\": 8", "\"frame_size_samples\": 0", "between 1 and 65536");
    refused("\"frame_size_samples\": 8", "\"frame_size_samples\": 65537", "between 1 and 65536");
    refused("\"hop_size_samples\": 4", "\"hop_size_samples\": 9", "between 1 and 8");
    refused("\"hop_size_samples\": 4", "\"hop_size_samples\": 1", "must contain");
    refused("[4, 2]", "[4, 4]", "names a hop twice");
    refused("[4, 2]", "[]", "must contain");
    refused("[4, 2]", "[4, 2.5]", "each of \"hop_sizes_samples\" must be an integer");
    refused("[4, 2]", "[1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8,1]", "must be at most 16");
    refused("[4, 2]", "[4, 3]", "do not add up to a constant at a hop of 3");
    refused("\"hann\"", "\"hamming\"", "must be one of \"none\", \"hann\", \"sqrt_hann\"");
    refused("\"kind\": \"effect\"", "\"kind\": \"toy\"", "\"kind\" must be one of");
    refused("\"provenance\": {}", "\"provenance\": 1", "\"provenance\" must be a JSON object");
}

TEST(controls_that_no_knob_could_cover_are_refused) {
    const auto refused = [](const char* before, const char* after, const char* part) {
        CHECK_THROWS_WITH(parse_changed(before, after), part);
    };
    refused("\"gain\"", "\"low_hz\"", "two controls are called \"low_hz\"");
    refused("\"gain\"", "\"frame\"", "must not be called \"frame\"");
    refused("\"gain\"", "\"state.x\"", "must be made of a-z, 0-9 and _");
    refused("\"gain\"", "\"9\"", "a letter first");
    refused("\"gain\"", "7", "control 1: \"name\" must be a text");
    refused("\"unit\": \"Hz\"", "\"unit\": \"furlongs\"",
            "control \"low_hz\": \"unit\" must be one");
    refused("\"scale\": \"log\"", "\"scale\": \"mel\"", "\"scale\" must be one of");
    refused("\"min\": 20.0", "\"min\": 0", "must be greater than 0 on a log scale");
    refused("\"max\": 2.0", "\"max\": 0.0", "\"min\" must be less than \"max\"");
    refused("\"max\": 2.0", "\"max\": 1e39", "must lie within");
    refused("\"default\": 0.5", "\"default\": 2.1", "\"default\" must lie between");
    refused("\"scale\": \"linear\"", "\"scale\": \"switch\"", "needs min 0, max 1");
    refused("\"automatic_by\": null", "\"automatic_by\": 1", "\"automatic_by\" must be a text");
    std::string many = "[";
    for (int i = 0; i < 65; ++i)
        many += i == 0 ? "{}" : ",{}";
    CHECK_THROWS_WITH(parse_contract(R"({"version":1,"kind":"effect","name":"a","label":"",
        "description":"","provenance":{},"parity":{},"sample_rate_hz":48000,"frame_size_samples":1,
        "hop_size_samples":1,"hop_sizes_samples":[1],"analysis_window":"none",
        "synthesis_window":"none","controls":)" +
                                     many + "]}"),
                      "must be at most 64");
}
