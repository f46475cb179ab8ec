#include "engine/families/dynamics/config.h"

#include "engine/effect_file/json_fields.h"
#include "engine/effect_file/json_text.h"

namespace tonecast::dynamics {

namespace {

constexpr int max_taps = 512; // sample by sample: about a third of a per cent of a core
constexpr int max_paths = 8;

} // namespace

Dynamics read_dynamics(const Json& network) {
    const JsonFields fields(network, "", "dynamics network");
    Dynamics read;
    read.taps = fields.integer("taps", 1, max_taps);
    read.paths = fields.integer("paths", 1, max_paths);
    read.reduces_above = fields.one_of<bool>("reduces", {{"above", true}, {"below", false}});
    return read;
}

std::string write(const Dynamics& network) {
    return json_object({{"taps", std::to_string(network.taps)},
                        {"paths", std::to_string(network.paths)},
                        {"reduces", json_text(network.reduces_above ? "above" : "below")}});
}

} // namespace tonecast::dynamics
