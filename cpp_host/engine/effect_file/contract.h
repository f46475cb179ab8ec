#pragma once

#include "engine/signal/window.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tonecast {

enum class Kind { effect, predictor };
enum class Scale { linear, log, toggle };

/// A scalar input of the graph, and the range that a knob for it covers.
struct Control {
    std::string name;
    std::string label;
    std::string unit; // "", "Hz", "ms", "dB", "octaves"
    Scale scale = Scale::linear;
    float minimum = 0.0F;
    float maximum = 1.0F;
    float default_value = 0.0F;
    std::string automatic_by; // name of the predictor that may drive it, empty for none
};

/// The published network that the graph is, for kernels that compute it by other means. Its weights
/// are initializers of the graph, under the names that the family's graph gives them.
struct Architecture {
    std::string name; // "cae", "cafx"; ONNX Runtime plays those without a kernel
    std::map<std::string, int, std::less<>> sizes; // "filters", "pool", …
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
    std::string name;
    std::string label;
    int sample_rate_hz = 0;
    int frame_size_samples = 0;
    int hop_size_samples = 0;           // the default
    std::vector<int> hop_sizes_samples; // those that may be chosen at playback
    Window analysis_window = Window::none;
    Window synthesis_window = Window::none;
    std::vector<Control> controls;
    std::optional<Architecture> architecture;
    std::optional<TrainedLevel> trained_level; // none: unknown, or it plays at any level
    std::optional<double> tail_s = 0.0; // sounds on for so long after its input; none: for ever

    // Predictors only.
    int window_samples = 0;
    double period_s = 0.0;
    double smoothing_s = 0.0;
};

inline constexpr int contract_version = 1;

/// What every predictor listens to: left and right.
inline constexpr int predictor_channels = 2;

/// Reads and checks `tonecast.contract`. Throws Error: the message begins with what is wrong and
/// leaves naming the file to the caller.
Contract parse_contract(std::string_view json);

} // namespace tonecast
