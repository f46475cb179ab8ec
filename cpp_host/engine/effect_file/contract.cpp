#include "engine/effect_file/contract.h"

#include "engine/effect_file/json.h"
#include "engine/effect_file/json_fields.h"
#include "engine/effect_file/utf8.h"
#include "engine/error.h"
#include "engine/signal/control_value.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace tonecast {

namespace {

constexpr std::size_t max_controls = 64;
constexpr std::size_t max_hops = 16;
constexpr std::size_t max_sizes = 64;
constexpr int max_delay_samples = 1 << 16; // no host waits longer than for the longest frame
constexpr int max_prewarm_samples = 1 << 21;
constexpr int max_prewarm_blocks = 1 << 15;   // they are played whenever a stream is prepared
constexpr int min_filter_hop_samples = 64;    // at most one in a sample of any host's
constexpr int max_filter_taps_samples = 4096; // each costs two products a sample
constexpr int min_filters_a_second = 10;      // end to end: at a host's rate they have more taps
constexpr int max_transform_samples = 1 << 14;
constexpr double max_filter_gain_db = 60.0;

[[noreturn]] void fail(const std::string& what) {
    throw Error("contract: " + what);
}

/// The contract's fields that are not read are tolerated: a later writer may add what an earlier
/// reader can do without, and raises the version when it cannot.
class Fields : public JsonFields {
public:
    /// `place` names the object in errors; empty for the contract itself.
    Fields(const Json& json, std::string place) : JsonFields(json, std::move(place), "contract") {}
};

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// [a-z][a-z0-9_]*, with '-' too for effects: they are named in files and on command lines.
bool is_name(std::string_view text, char separator) {
    return !text.empty() && is_lower(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_lower(c) || is_digit(c) || c == separator; });
}

int check_version(const Fields& fields) {
    const int version = fields.integer("version", 1, std::numeric_limits<int>::max());
    if (version > contract_version)
        throw Error("it was made for contract version " + std::to_string(version) +
                    ", this tonecast reads up to " + std::to_string(contract_version) +
                    ": update tonecast");
    return version;
}

float to_float(double value) {
    constexpr double largest = 1e30; // far inside float32, so that no knob computes an infinity
    if (!(std::abs(value) <= largest))
        fail("the numbers of a control must lie within ±1e30");
    return static_cast<float>(value);
}

Control read_control(const Json& json, std::size_t index) {
    const std::string& name = Fields(json, "control " + std::to_string(index + 1)).text("name");
    if (!is_name(name, '_'))
        fail("control name \"" + printable(name) +
             "\" must be made of a-z, 0-9 and _, a letter first");
    // Names of the graph's own inputs and outputs.
    if (name == "frame" || name == "frame_out" || name == "block" || name == "block_out" ||
        name == "gain_db")
        fail("a control must not be called \"" + name + "\"");
    const Fields fields(json, "control \"" + name + "\"");

    Control control;
    control.name = name;
    control.label = fields.text("label");
    control.unit = fields.one_of<const char*>("unit", {{"", ""},
                                                       {"Hz", "Hz"},
                                                       {"ms", "ms"},
                                                       {"dB", "dB"},
                                                       {"dBu", "dBu"},
                                                       {"octaves", "octaves"}});
    control.scale = fields.one_of<Scale>(
        "scale", {{"linear", Scale::linear}, {"log", Scale::log}, {"switch", Scale::toggle}});
    control.minimum = to_float(fields.number("min"));
    control.maximum = to_float(fields.number("max"));
    control.default_value = to_float(fields.number("default"));
    if (!(control.minimum < control.maximum))
        fail(fields.shown("min") + " must be less than \"max\"");
    if (control.default_value < control.minimum || control.default_value > control.maximum)
        fail(fields.shown("default") + " must lie between \"min\" and \"max\"");
    if (control.scale == Scale::log && control.minimum <= 0.0F)
        fail(fields.shown("min") + " must be greater than 0 on a log scale");
    if (control.scale == Scale::toggle &&
        (control.minimum != 0.0F || control.maximum != 1.0F ||
         (control.default_value != 0.0F && control.default_value != 1.0F)))
        fail(fields.shown("scale") + " \"switch\" needs min 0, max 1 and default 0 or 1");
    if (!fields.required("automatic_by").is_null())
        control.automatic_by = fields.text("automatic_by");
    return control;
}

std::vector<Control> read_controls(const Fields& fields) {
    const Json::Array& elements = fields.array("controls");
    if (elements.size() > max_controls)
        fail("\"controls\" must be at most " + std::to_string(max_controls));
    std::vector<Control> controls;
    std::set<std::string> names;
    for (const Json& element : elements) {
        controls.push_back(read_control(element, controls.size()));
        if (!names.insert(controls.back().name).second)
            fail("two controls are called \"" + controls.back().name + "\"");
    }
    return controls;
}

/// Left out, or null, by effects that are no published network.
std::optional<Architecture> read_architecture(const Json* json, Form form) {
    if (json == nullptr || json->is_null())
        return std::nullopt;
    const Fields fields(*json, "\"architecture\"");
    Architecture architecture{fields.text("name"), {}, {}};
    if (!is_name(architecture.name, '-'))
        fail(fields.shown("name") + " must be made of a-z, 0-9 and -, a letter first");
    if (form == Form::frame) {
        architecture.sizes = Fields(fields.required("sizes"), fields.shown("sizes"))
                                 .integers_by_name(max_sizes, 1, 1'000'000'000);
        return architecture;
    }
    // What is in it only the family knows.
    architecture.network = fields.required("network");
    if (architecture.network.object() == nullptr)
        fail(fields.shown("network") + " must be a JSON object");
    return architecture;
}

/// Left out, or null, by effects that are no capture of a device, or do not know its levels.
std::optional<CaptureLevels> read_capture(const Json* json) {
    if (json == nullptr || json->is_null())
        return std::nullopt;
    const Fields fields(*json, "\"capture\"");
    const auto level = [&](std::string_view name) -> std::optional<float> {
        const Json* value = fields.optional(name);
        if (value == nullptr || value->is_null())
            return std::nullopt;
        return static_cast<float>(fields.number(name, -200.0, 200.0));
    };
    return CaptureLevels{level("loudness_db"), level("input_level_dbu"), level("output_level_dbu")};
}

/// Left out, or null, by effects that do not know it.
std::optional<TrainedLevel> read_trained_level(const Json* json) {
    if (json == nullptr || json->is_null())
        return std::nullopt;
    const Fields fields(*json, "\"trained_level\"");
    const auto amplitude = [&](std::string_view name) {
        return db_to_linear(static_cast<float>(fields.number(name, -80.0, 40.0)));
    };
    return TrainedLevel{
        fields.one_of<bool>("response", {{"linear", true}, {"nonlinear", false}}),
        amplitude("input_peak_db"),
        amplitude("output_peak_db"),
    };
}

/// Left out by effects that end with their input; null for those that never end.
std::optional<double> read_tail(const Fields& fields, const Json* json) {
    if (json == nullptr)
        return 0.0;
    if (json->is_null())
        return std::nullopt;
    return fields.number("tail_s", 0.0, 3600.0);
}

/// Frames, and by how much each is later than the one before.
void read_hops(const Fields& fields, Contract& contract, int min_hop) {
    contract.frame_size_samples = fields.integer("frame_size_samples", min_hop, 65536);
    const int frame_size = contract.frame_size_samples;
    contract.hop_size_samples = fields.integer("hop_size_samples", min_hop, frame_size);
    contract.hop_sizes_samples = fields.integers("hop_sizes_samples", min_hop, frame_size);
    auto& hops = contract.hop_sizes_samples;
    if (hops.size() > max_hops)
        fail("\"hop_sizes_samples\" must be at most " + std::to_string(max_hops));
    std::sort(hops.begin(), hops.end());
    if (std::adjacent_find(hops.begin(), hops.end()) != hops.end())
        fail("\"hop_sizes_samples\" names a hop twice");
    if (!std::binary_search(hops.begin(), hops.end(), contract.hop_size_samples))
        fail("\"hop_sizes_samples\" must contain \"hop_size_samples\"");
}

Window read_window(const Fields& fields, std::string_view name) {
    return fields.one_of<Window>(
        name, {{"none", Window::none}, {"hann", Window::hann}, {"sqrt_hann", Window::sqrt_hann}});
}

void read_frames(const Fields& fields, Contract& contract) {
    read_hops(fields, contract, 1);
    contract.analysis_window = read_window(fields, "analysis_window");
    contract.synthesis_window = read_window(fields, "synthesis_window");
    try {
        for (const int hop : contract.hop_sizes_samples)
            overlap_add_gain(contract.analysis_window, contract.synthesis_window,
                             contract.frame_size_samples, hop);
    } catch (const Error& error) {
        fail(error.what());
    }
}

/// The graph takes blocks of one size. To those who play it by the graph they are frames that
/// follow each other, with nothing to add up.
void read_blocks(const Fields& fields, Contract& contract) {
    const int block = fields.integer("block_size_samples", 1, 65536);
    contract.frame_size_samples = contract.hop_size_samples = block;
    contract.hop_sizes_samples = {block};
    contract.prewarm_samples = fields.optional("prewarm_samples") == nullptr
                                   ? 0
                                   : fields.integer("prewarm_samples", 0, max_prewarm_samples);
    if (contract.prewarm_samples / block > max_prewarm_blocks)
        fail(fields.shown("prewarm_samples") + " must be at most " +
             std::to_string(max_prewarm_blocks) + " blocks of \"block_size_samples\"");
    contract.capture = read_capture(fields.optional("capture"));
}

/// Frames that are listened to, and what their curves become.
void read_filters(const Fields& fields, Contract& contract) {
    read_hops(fields, contract, min_filter_hop_samples);
    contract.analysis_window = read_window(fields, "analysis_window");
    contract.filter_taps_samples = fields.integer(
        "filter_taps_samples", 1,
        std::min(max_filter_taps_samples, contract.sample_rate_hz / min_filters_a_second));
    contract.transform_size_samples =
        fields.integer("transform_size_samples", 8, max_transform_samples);
    if (!std::has_single_bit(static_cast<unsigned>(contract.transform_size_samples)))
        fail(fields.shown("transform_size_samples") + " must be a power of two");
    if (contract.transform_size_samples < contract.filter_taps_samples)
        fail(fields.shown("transform_size_samples") + " must be at least " +
             "\"filter_taps_samples\": a curve of fewer bins does not hold so long a filter");
    contract.max_gain_db =
        static_cast<float>(fields.number("max_gain_db", 0.0, max_filter_gain_db));
    const Json* trained_level = fields.optional("trained_level");
    if (trained_level != nullptr && !trained_level->is_null())
        fail(fields.shown("trained_level") +
             " is not for filter effects: leave it out, their sound does not pass the model");
}

/// Left out by effects that answer at once. Whoever does not know it mixes the answers with dry
/// sound that is too early, so it must not stand in a contract that an earlier reader takes.
int read_delay(const Fields& fields, Form form, int version) {
    if (fields.optional("delay_samples") == nullptr)
        return 0;
    const int delay = fields.integer("delay_samples", 0, max_delay_samples);
    if (delay > 0 && form != Form::causal)
        fail(fields.shown("delay_samples") +
             " is for causal effects: leave it out, a frame holds what it looks ahead to");
    if (delay > 0 && version < 3)
        fail(fields.shown("delay_samples") + " needs \"version\" 3, not " +
             std::to_string(version));
    return delay;
}

/// Left out by effects that hear one sound, and play each channel of it by itself. No earlier
/// reader has a second sound for a graph, or another graph for each number of channels.
void read_inputs(const Fields& fields, Contract& contract, int version) {
    if (fields.optional("sidechain") != nullptr)
        contract.has_sidechain = fields.flag("sidechain");
    if (fields.has("channels"))
        contract.channels = fields.integer("channels", 1, 8);
    if (version < 5 && (contract.has_sidechain || contract.channels))
        fail(fields.shown(contract.has_sidechain ? "sidechain" : "channels") +
             " needs \"version\" 5, not " + std::to_string(version));
    if (contract.form == Form::filter && (contract.has_sidechain || contract.channels))
        fail(fields.shown(contract.has_sidechain ? "sidechain" : "channels") +
             " is for frame and causal effects: leave it out");
    for (const Control& control : contract.controls)
        if (contract.has_sidechain && control.name == "sidechain")
            fail("a control must not be called \"sidechain\" where there is one");
}

void read_effect(const Fields& fields, Contract& contract, int version) {
    if (contract.form == Form::frame)
        read_frames(fields, contract);
    else if (contract.form == Form::causal)
        read_blocks(fields, contract);
    else
        read_filters(fields, contract);
    contract.delay_samples = read_delay(fields, contract.form, version);
    contract.controls = read_controls(fields);
    for (Control& control : contract.controls)
        control.is_players = contract.form == Form::filter && control.name == "delta";
    read_inputs(fields, contract, version);
    contract.trained_level = read_trained_level(fields.optional("trained_level"));
    // The gain of a frame would follow from the louder of both sounds.
    if (contract.has_sidechain && contract.trained_level && contract.trained_level->is_linear)
        fail("an effect with a side-chain cannot have its level taken out: its "
             "\"trained_level\" must be \"nonlinear\"");
    contract.tail_s = read_tail(fields, fields.optional("tail_s"));
}

void read_predictor(const Fields& fields, Contract& contract) {
    const Fields predictor(fields.required("predictor"), "\"predictor\"");
    // Ten seconds at 384 kHz; the models at hand look at half a second.
    contract.window_samples = predictor.integer("window_samples", 1, 3'840'000);
    contract.period_s = predictor.number("period_s", 0.0, 60.0);
    contract.smoothing_s = predictor.number("smoothing_s", 0.0, 60.0);
    if (contract.period_s == 0.0)
        fail(predictor.shown("period_s") + " must be greater than 0");
}

/// What users need to judge an effect by. Python reads it in full; the engine has no use for it
/// and only makes sure that it is there.
void check_evidence(const Fields& fields) {
    fields.text("description");
    Fields(fields.required("provenance"), "\"provenance\"");
    Fields(fields.required("parity"), "\"parity\"");
}

/// Texts are printed on terminals, drawn in windows and handed to hosts.
void check_texts(const Json& json) {
    const auto check = [](const std::string& text) {
        if (!is_plain(text))
            fail("\"" + printable(text) +
                 "\" holds control characters, line breaks or turns of the writing direction");
    };
    if (const std::string* text = json.string())
        check(*text);
    if (const Json::Array* elements = json.array())
        std::ranges::for_each(*elements, check_texts);
    if (const Json::Object* members = json.object())
        for (const auto& [name, value] : *members) {
            check(name);
            check_texts(value);
        }
}

} // namespace

Contract parse_contract(std::string_view json) {
    const Json document = [&] {
        try {
            return Json::parse(json);
        } catch (const Error& error) {
            fail(error.what());
        }
    }();
    const Fields fields(document, "");
    // First, and alone: in a newer version all else may look different.
    const int version = check_version(fields);
    check_texts(document);

    Contract contract;
    contract.kind =
        fields.one_of<Kind>("kind", {{"effect", Kind::effect}, {"predictor", Kind::predictor}});
    contract.name = fields.text("name");
    if (!is_name(contract.name, '-'))
        fail("\"name\" must be made of a-z, 0-9 and -, a letter first");
    contract.label = fields.text("label");
    check_evidence(fields);
    contract.sample_rate_hz = fields.integer("sample_rate_hz", 8'000, 384'000);
    if (version >= 2 && contract.kind == Kind::effect)
        contract.form = fields.one_of<Form>(
            "form", {{"frame", Form::frame}, {"causal", Form::causal}, {"filter", Form::filter}});
    if (contract.form == Form::filter && version < 4)
        fail(fields.shown("form") + " \"filter\" needs \"version\" 4, not " +
             std::to_string(version));
    contract.architecture = read_architecture(fields.optional("architecture"), contract.form);
    if (contract.kind == Kind::effect)
        read_effect(fields, contract, version);
    else
        read_predictor(fields, contract);
    return contract;
}

} // namespace tonecast
