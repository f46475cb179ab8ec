#include "engine/captures/card.h"

#include "engine/effect_file/json_text.h"
#include "engine/effect_file/utf8.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace tonecast::captures {

namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

constexpr int block_samples = 64;
constexpr std::size_t max_text_bytes = 200;

/// [a-z][a-z0-9-]*: how effects are asked for.
std::string effect_name(std::string_view stem) {
    std::string name;
    for (const char c : stem) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
        if (plain)
            name += lower;
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    while (!name.empty() && name.back() == '-')
        name.pop_back();
    name.resize(std::min<std::size_t>(name.size(), 60));
    const bool begins_well = !name.empty() && name.front() >= 'a' && name.front() <= 'z';
    return begins_well ? name : "capture" + (name.empty() ? "" : "-" + name);
}

/// Its metadata, as far as a contract may hold them.
class Metadata {
public:
    explicit Metadata(const Json* json) : json_(json) {}

    std::string text(std::string_view name) const {
        const Json* value = find(name);
        const std::string* text = value != nullptr ? value->string() : nullptr;
        return text != nullptr && text->size() <= max_text_bytes && is_plain(*text) ? *text : "";
    }

    /// As JSON; null where there is none in the range that a contract takes.
    std::string level(std::string_view name) const {
        const std::optional<double> value = number(find(name));
        return value && *value >= -200.0 && *value <= 200.0 ? json_text(*value) : "null";
    }
    bool has_level(std::string_view name) const { return level(name) != "null"; }

    /// "2026-01-31", as far as it is known.
    std::string date() const {
        const Json* value = find("date");
        std::string text;
        for (const std::string_view part : {"year", "month", "day"}) {
            const auto part_value = number(value != nullptr ? value->find(part) : nullptr);
            if (!part_value || *part_value < 1 || *part_value > 9999)
                break;
            const std::string digits = std::to_string(static_cast<int>(*part_value));
            text += (text.empty() ? "" : "-") + std::string(digits.size() == 1 ? "0" : "") + digits;
        }
        return text.empty() ? "not stated" : text;
    }

    std::optional<double> validation_esr() const {
        const Json* training = find("training");
        return number(training != nullptr ? training->find("validation_esr") : nullptr);
    }

private:
    const Json* find(std::string_view name) const {
        return json_ != nullptr ? json_->find(name) : nullptr;
    }
    static std::optional<double> number(const Json* json) {
        return json != nullptr && json->number() != nullptr ? std::optional(*json->number())
                                                            : std::nullopt;
    }

    const Json* json_;
};

std::string control(std::string_view name, std::string_view label, std::string_view unit,
                    std::string_view scale, double minimum, double maximum, double usual) {
    return json_object({{"name", json_text(name)},
                        {"label", json_text(label)},
                        {"unit", json_text(unit)},
                        {"scale", json_text(scale)},
                        {"min", json_text(minimum)},
                        {"max", json_text(maximum)},
                        {"default", json_text(usual)},
                        {"automatic_by", "null"}});
}

std::string toggle(std::string_view name, std::string_view label) {
    return control(name, label, "", "switch", 0.0, 1.0, 0.0);
}

/// Those of families/causal_controls.h that the capture has a use for.
std::string controls(const Card& card, const Metadata& metadata) {
    std::vector<std::string> all;
    if (card.sizes > 1)
        all.push_back(control("size", "Size", "", "linear", 0.0, 1.0, 1.0));
    all.push_back(toggle("invert", "Invert polarity"));
    if (metadata.has_level("loudness"))
        all.push_back(toggle("normalize", "Normalize loudness"));
    const bool input = metadata.has_level("input_level_dbu");
    const bool output = metadata.has_level("output_level_dbu");
    if (input)
        all.push_back(toggle("calibrate_input", "Calibrate input"));
    if (output)
        all.push_back(toggle("calibrate_output", "Calibrate output"));
    if (input || output)
        all.push_back(
            control("interface_dbu", "Interface level", "dBu", "linear", -20.0, 40.0, 12.0));
    for (int i = 1; i <= card.conditions; ++i) {
        const std::string number = std::to_string(i);
        all.push_back(control("knob_" + number, "Knob " + number, "", "linear", 0.0, 1.0, 0.5));
    }
    return json_array(all);
}

std::string details(const Metadata& metadata) {
    Members members;
    for (const std::string_view name :
         {"modeled_by", "gear_make", "gear_model", "gear_type", "tone_type"})
        if (const std::string text = metadata.text(name); !text.empty())
            members.emplace_back(name, json_text(text));
    return json_object(members);
}

} // namespace

std::string Card::contract() const {
    const Metadata known(metadata);
    const std::string title = known.text("name");
    const std::string plain_stem =
        is_plain(stem) && stem.size() <= max_text_bytes ? stem : "Capture";
    Members losses;
    if (const auto esr = known.validation_esr())
        losses.emplace_back("validation_esr", json_text(*esr));
    const std::string capture = json_object({
        {"loudness_db", known.level("loudness")},
        {"input_level_dbu", known.level("input_level_dbu")},
        {"output_level_dbu", known.level("output_level_dbu")},
        {"peak_samples", std::to_string(click.peak_samples)},
        {"inverted", click.inverted ? "true" : "false"},
        {"details", details(known)},
    });
    const std::string provenance = json_object({
        {"data", json_text("a capture from elsewhere; what it learned from is not stated")},
        {"licences", json_array({json_text("not stated")})},
        {"losses", json_object(losses)},
        {"date", json_text(known.date())},
    });
    const std::string no_record = json_object({
        {"graph_sha256", "\"\""},
        {"contract_sha256", "\"\""},
        {"tolerance", "1e-05"},
        {"largest_difference", "0"},
        {"signals", "[]"},
    });
    return json_object({
        {"version", "2"},
        {"kind", "\"effect\""},
        {"form", "\"causal\""},
        {"name", json_text(effect_name(stem))},
        {"label", json_text(title.empty() ? plain_stem : title)},
        {"description", json_text("A capture of a device.")},
        {"sample_rate_hz", std::to_string(sample_rate_hz)},
        {"block_size_samples", std::to_string(block_samples)},
        {"provenance", provenance},
        {"parity", no_record},
        {"controls", controls(*this, known)},
        {"capture", capture},
        {"tail_s", "null"},
    });
}

} // namespace tonecast::captures
