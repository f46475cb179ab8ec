// Presets by name: shipped ones, and the user's own in a folder that Python reads, too.

#include "engine/error.h"
#include "plugin/library/user_folder.h"
#include "plugin/parameters/gesture.h"
#include "plugin/plugin_processor.h"
#include "plugin/settings/preset_library.h"
#include "tests/check.h"
#include "tests/plugin/effect_on_disk.h"
#include "tests/plugin/host_state.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

using tonecast::Control;
using tonecast::Error;
using tonecast::Scale;
using tonecast::plugin::EffectLibrary;
using tonecast::plugin::EffectOnDisk;
using tonecast::plugin::own_effect_files;
using tonecast::plugin::PluginProcessor;
using tonecast::plugin::Preset;
using tonecast::plugin::PresetLibrary;
using tonecast::plugin::read_presets;
using tonecast::plugin::restore;
using tonecast::plugin::same;
using tonecast::plugin::state_of;
using tonecast::plugin::turn;
using tonecast::plugin::turn_to;

namespace fs = std::filesystem;

namespace {

// Never ended: at exit, what JUCE holds statically is gone before anything that stands here.
const auto& juce_runs = *new juce::ScopedJuceInitialiser_GUI;

const Control level{"level_db", "Level", "dB", Scale::linear, -12.0F, 6.0F, -1.5F, ""};
const Control invert{"invert", "Invert", "", Scale::toggle, 0.0F, 1.0F, 0.0F, ""};

/// A user's folder of its own, for all that is made meanwhile; gone when this is.
class Home {
public:
    Home() {
        if (const char* was = std::getenv("XDG_DATA_HOME"))
            was_ = was;
        setenv("XDG_DATA_HOME", folder_.c_str(), 1);
    }
    ~Home() {
        was_.empty() ? unsetenv("XDG_DATA_HOME") : setenv("XDG_DATA_HOME", was_.c_str(), 1);
        fs::remove_all(folder_);
    }
    Home(const Home&) = delete;
    Home& operator=(const Home&) = delete;

    fs::path presets() const { return folder_ / "tonecast" / "presets"; }
    fs::path effects() const { return folder_ / "tonecast" / "effects"; }

private:
    fs::path folder_ =
        fs::temp_directory_path() / ("tonecast-" + juce::Uuid().toString().toStdString());
    std::string was_;
};

juce::RangedAudioParameter& parameter(PluginProcessor& plugin, const char* id) {
    return *plugin.parameters().getParameter(id);
}

float value(PluginProcessor& plugin, const char* id) {
    auto& one = parameter(plugin, id);
    return one.convertFrom0to1(one.getValue());
}

Preset shipped(const std::string& name) {
    const auto presets = read_presets(EffectLibrary::shared().presets());
    return *std::ranges::find(presets, name, &Preset::name);
}

std::string effect_of(PluginProcessor& plugin) {
    return parameter(plugin, "effect").getCurrentValueAsText().toStdString();
}

template <typename F>
std::string error_of(F f) {
    try {
        f();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

Preset::Value word(const char* text) {
    return std::string(text);
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST(every_shipped_preset_sets_what_it_says_and_nothing_else) {
    PluginProcessor plugin;
    const auto presets = read_presets(EffectLibrary::shared().presets());
    CHECK(presets.size() >= 6);
    for (const Preset& preset : presets)
        for (const std::string& effect : preset.effects) {
            turn_to(parameter(plugin, "effect"),
                    static_cast<float>(std::ranges::find(EffectLibrary::shared().effects(), effect,
                                                         &tonecast::plugin::Effect::name) -
                                       EffectLibrary::shared().effects().begin()));
            CHECK(effect_of(plugin) == effect);
            for (auto* one : plugin.getParameters()) // as someone has left them
                if (one != &parameter(plugin, "effect"))
                    turn(*one, 0.7F);
            plugin.use_preset(preset);
            CHECK(effect_of(plugin) == effect); // which it fits
            CHECK(plugin.presets().current() == preset.name);
            CHECK(plugin.presets().is_unchanged(preset));
            for (const auto& [control, wanted] : preset.values)
                if (const double* number = std::get_if<double>(&wanted))
                    CHECK(std::fabs(value(plugin, control.c_str()) - *number) <=
                          1e-4 * std::fabs(*number));
            CHECK(value(plugin, "mix") == 1.0F);
            CHECK(parameter(plugin, "limiter").getValue() == 0.7F); // which presets leave alone
        }
}

TEST(a_preset_for_another_effect_chooses_it_and_is_taken_back) {
    PluginProcessor plugin;
    const auto before = effect_of(plugin);
    CHECK(!plugin.presets().fits(shipped("feedback")));
    plugin.use_preset(shipped("feedback"));
    CHECK(effect_of(plugin) == "feedback-guard");
    CHECK(plugin.presets().current() == "feedback");
    plugin.history().undo();
    CHECK(effect_of(plugin) == before);
    CHECK(plugin.presets().current().empty());
    Preset nowhere = shipped("feedback");
    nowhere.effects = {"eq-of-old"};
    CHECK(contains(error_of([&] { plugin.use_preset(nowhere); }), "is for eq-of-old"));
    CHECK(effect_of(plugin) == before);
}

TEST(own_presets_are_saved_changed_renamed_and_deleted) {
    const Home home;
    PluginProcessor plugin;
    turn_to(parameter(plugin, "attenuation"), 0.42F);
    turn_to(parameter(plugin, "low_hz"), 333.0F);
    turn_to(parameter(plugin, "stereo"), 2.0F);
    turn(parameter(plugin, "attenuation_auto"), 0.0F);
    turn(parameter(plugin, "bypass"), 1.0F); // is none of it
    plugin.presets().save("mine \xc3\xa4");
    const auto path = home.presets() / "mine \xc3\xa4.json";
    const auto written = read_presets(path);
    CHECK(written.size() == 1);
    CHECK(written[0].is_for("resonance-eq") && written[0].is_for("resonance-eq-live"));
    CHECK(same(written[0].values,
               {{"attenuation", 0.42}, {"low_hz", 333.0}, {"stereo", word("mid-side")}}));
    CHECK(plugin.presets().is_unchanged(written[0]));

    turn_to(parameter(plugin, "low_hz"), 90.0F);
    CHECK(!plugin.presets().is_unchanged(written[0]));
    plugin.presets().save("mine \xc3\xa4"); // over it
    CHECK(read_presets(path)[0].values.at("low_hz") == Preset::Value(90.0));

    plugin.presets().rename_current("yours");
    CHECK(!fs::exists(path));
    CHECK(plugin.presets().current() == "yours");
    const auto available = plugin.presets().available();
    const auto found = std::ranges::find(available, "yours", &Preset::name);
    CHECK(found != available.end() && found->is_own);
    plugin.use_defaults();
    CHECK(value(plugin, "attenuation") == 0.19F);
    CHECK(plugin.presets().current().empty());
    plugin.use_preset(*found);
    CHECK(std::fabs(value(plugin, "low_hz") - 90.0F) < 0.01F);
    CHECK(value(plugin, "stereo") == 2.0F);

    plugin.presets().delete_current();
    CHECK(fs::is_empty(home.presets())); // no draft is left either
    CHECK(contains(error_of([&] { plugin.presets().delete_current(); }), "no preset of yours"));
}

TEST(the_predictor_is_a_part_of_a_preset) {
    const Home home;
    PluginProcessor plugin;
    turn(parameter(plugin, "attenuation_auto"), 1.0F);
    turn_to(parameter(plugin, "attenuation"), 0.6F);
    plugin.presets().save("automatic");
    const auto written = read_presets(home.presets() / "automatic.json")[0];
    CHECK(same(written.values, {{"attenuation", word("auto")}}));
    plugin.use_defaults();
    CHECK(parameter(plugin, "attenuation_auto").getValue() == 0.0F);
    plugin.use_preset(written);
    CHECK(parameter(plugin, "attenuation_auto").getValue() == 1.0F);
    CHECK(value(plugin, "attenuation") == 0.19F);
}

TEST(controls_of_own_files_are_kept_by_their_names) {
    const Home home;
    const EffectOnDisk effect({level, invert});
    PluginProcessor plugin;
    plugin.setNonRealtime(true);
    plugin.setRateAndBufferSizeDetails(48000.0, 256);
    plugin.open_file(effect.file());
    plugin.prepareToPlay(48000.0, 256);
    turn(plugin.controls().parameter(0), 1.0F);
    turn(plugin.controls().parameter(1), 1.0F);
    plugin.presets().save("loud");
    const auto written = read_presets(home.presets() / "loud.json")[0];
    CHECK(written.effects == std::vector<std::string>{"product"});
    CHECK(same(written.values, {{"level_db", 6.0}, {"invert", true}}));
    plugin.use_defaults();
    CHECK(plugin.controls().parameter(0).getText(plugin.controls().parameter(0).getValue(), 64) ==
          "-1.500");
    plugin.use_preset(written);
    CHECK(plugin.controls().parameter(0).getValue() == 1.0F);
    CHECK(plugin.controls().parameter(1).getValue() == 1.0F);

    PluginProcessor elsewhere;
    CHECK(contains(error_of([&] { elsewhere.use_preset(written); }), "is for product"));
}

TEST(names_that_are_none_are_refused_in_one_line) {
    const Home home;
    PluginProcessor plugin;
    for (const std::string name : {"", " ", "a/b", "..", ".hidden", "a:b", " a", "a\\b"})
        CHECK(!error_of([&] { plugin.presets().save(name); }).empty());
    CHECK(contains(error_of([&] { plugin.presets().save(std::string(100, 'a')); }), "at most 60"));
    CHECK(contains(error_of([&] { plugin.presets().save("vocal"); }), "vocal"));
    CHECK(!fs::exists(home.presets()));
    plugin.presets().save("one");
    plugin.presets().save("two");
    CHECK(contains(error_of([&] { plugin.presets().rename_current("one"); }), "already"));
    CHECK(contains(error_of([&] { plugin.presets().rename_current("../up"); }), "../up"));
    turn_to(parameter(plugin, "effect"), 1.0F);
    CHECK(contains(error_of([&] { plugin.presets().save("one"); }), "resonance-eq"));
    CHECK(plugin.presets().current() == "two");
}

TEST(a_folder_that_cannot_be_written_is_named) {
    const Home home;
    fs::create_directories(home.presets().parent_path());
    std::ofstream(home.presets()) << "a file where the folder would be";
    PluginProcessor plugin;
    CHECK(contains(error_of([&] { plugin.presets().save("mine"); }), "cannot be written"));
    CHECK(plugin.presets().current().empty());
}

TEST(files_that_hold_no_presets_are_left_out_and_named) {
    const Home home;
    PluginProcessor plugin;
    plugin.presets().save("good");
    const auto count = plugin.presets().available().size();
    const std::vector<std::string> broken{
        "",
        "{",
        "[]",
        "{}",
        R"({"version": 1})",
        R"({"version": 2, "presets": []})",
        R"({"version": 1, "presets": [{"name": "a"}]})",
        R"({"version": 1, "presets": [{"name": "a", "effects": ["peak"], "settings": {"mix": [1]}}]})",
        std::string(100'000, '['),
        std::string(1 << 21, ' ')};
    for (const std::string& text : broken) {
        const auto path = home.presets() / "broken.json";
        std::ofstream(path, std::ios::binary) << text;
        CHECK(plugin.presets().available().size() == count);
        PresetLibrary library({}, home.presets());
        CHECK(library.presets().size() == 1);
        CHECK(contains(error_of([&] { read_presets(path); }), "broken.json: "));
    }
}

TEST(values_that_are_out_of_range_or_for_others_are_held_and_passed_over) {
    PluginProcessor plugin;
    Preset odd = shipped("vocal");
    odd.values = {{"attenuation", 7.0},         {"low_hz", -3.0},
                  {"mix", word("words")},       {"unheard_of", 1.0},
                  {"stereo", word("sideways")}, {"delta", true},
                  {"attack_ms", word("auto")},  {"bypass", true}};
    plugin.use_preset(odd);
    CHECK(value(plugin, "attenuation") == 1.0F);
    CHECK(value(plugin, "low_hz") == 20.0F);
    CHECK(value(plugin, "mix") == 1.0F);
    CHECK(value(plugin, "attack_ms") == 5.0F);
    CHECK(value(plugin, "stereo") == 0.0F);
    CHECK(value(plugin, "delta") == 0.0F);
    CHECK(value(plugin, "bypass") == 0.0F);
}

TEST(session_knows_its_preset) {
    PluginProcessor plugin;
    plugin.use_preset(shipped("vocal"));
    const auto state = state_of(plugin);
    PluginProcessor restored;
    restore(restored, state);
    CHECK(restored.presets().current() == "vocal");
    CHECK(restored.presets().is_unchanged(shipped("vocal")));
    CHECK(state_of(restored) == state);
}

TEST(effects_in_the_folder_that_python_fills_are_offered) {
    const Home home;
    CHECK(own_effect_files().empty());
    fs::create_directories(home.effects());
    for (const char* name : {"b.onnx", "a.nam", ".draft.onnx", "a.md"})
        std::ofstream(home.effects() / name) << "not looked into before it is chosen";
    CHECK((own_effect_files() ==
           std::vector<fs::path>{home.effects() / "a.nam", home.effects() / "b.onnx"}));
}
