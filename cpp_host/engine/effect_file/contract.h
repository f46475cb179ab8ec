#pragma once

#include "engine/effect_file/json.h"
#include "engine/signal/window.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tonecast {

enum class Kind { effect, predictor };

/// How an effect takes its sound.
enum class Form {
    frame,  // windowed frames, added up
    causal, // sample by sample, as many as there are: it remembers what came before
    filter, // beside it: windowed frames of what has come say how to filter it from there on
};

enum class Scale { linear, log, toggle };

/// A scalar input of the graph, and the range that a knob for it covers.
struct Control {
    std::string name;
    std::string label;
    std::string unit; // "", "Hz", "ms", "dB", "dBu", "octaves"
    Scale scale = Scale::linear;
    float minimum = 0.0F;
    float maximum = 1.0F;
    float default_value = 0.0F;
    std::string automatic_by; // name of the predictor that may drive it, empty for none
    bool is_players = false;  // of a filter effect's player, no input of the graph: "delta"
};

/// The published network that the graph is, for kernels that compute it by other means. Its weights
/// are initializers of the graph, under the names that the family's graph gives them.
struct Architecture {
    std::string name; // "cae", "wavenet", …; ONNX Runtime plays those without a kernel
    std::map<std::string, int, std::less<>> sizes; // "filters", "pool", …: of frame effects
    Json network; // of others: the shape of the network, in the family's own terms
};

/// What a capture of a device says of its levels, and what listening to it has shown.
struct CaptureLevels {
    std::optional<float> loudness_db;      // of its output for the trainer's test signal
    std::optional<float> input_level_dbu;  // analog level of full scale at the device's input
    std::optional<float> output_level_dbu; // and at its output
};

/// The levels that a model has learned from, as amplitudes, full scale 1: peaks of samples, or of
/// windowed frames where it is linear.
struct TrainedLevel {
    bool is_linear = false;   // what it models: twice the input is to give twice the output
    float input_peak = 1.0F;  // up to which it was trained, or plays well
    float output_peak = 1.0F; // of what it was to make of that
};

/// What an effect file promises, as far as the engine needs to know it.
struct Contract {
    Kind kind = Kind::effect;
    Form form = Form::frame;
    std::string name;
    std::string label;
    int sample_rate_hz = 0;
    int frame_size_samples = 0;         // causal: the block that the graph takes; so is the hop
    int hop_size_samples = 0;           // the default
    std::vector<int> hop_sizes_samples; // those that may be chosen at playback
    Window analysis_window = Window::none;
    Window synthesis_window = Window::none;
    int prewarm_samples = 0;     // causal: of silence, after a reset, until the state rests
    int delay_samples = 0;       // causal: by how much the model's answers are later than its input
    bool has_sidechain = false;  // the graph has a second sound, of as many channels
    std::optional<int> channels; // that it plays together; none: each by itself, 1 to 8
    int transform_size_samples = 0; // filter: a curve has half as many bins, and one
    int filter_taps_samples = 0;    // filter: of what a curve becomes, at the model's rate
    float max_gain_db = 0.0F;       // filter: a curve is held to it
    std::optional<CaptureLevels> capture;
    std::vector<Control> controls;
    std::optional<Architecture> architecture;
    std::optional<TrainedLevel> trained_level; // none: unknown, or it plays at any level
    std::optional<double> tail_s = 0.0; // sounds on for so long after its input; none: for ever

    /// A filter effect's frames may come from another sound than the one that it filters, and its
    /// graph cannot tell.
    bool hears_sidechain() const noexcept {
        return has_sidechain || (kind == Kind::effect && form == Form::filter);
    }

    // Predictors only.
    int window_samples = 0;
    double period_s = 0.0;
    double smoothing_s = 0.0;
};

inline constexpr int contract_version = 5;

/// What every predictor listens to: left and right.
inline constexpr int predictor_channels = 2;

/// Reads and checks `tonecast.contract`. Throws Error: the message begins with what is wrong and
/// leaves naming the file to the caller.
Contract parse_contract(std::string_view json);

} // namespace tonecast
