#pragma once

#include "engine/effect_file/json.h"
#include "engine/families/wavenet/config/curve.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The shapes of causal convolutional networks, as a contract's `architecture.network` has them.
/// All convolutions are causal; weights are [out, in within a group, tap], and the last tap meets
/// the newest sample. Sizes are bounded by read_*(), so that they may be multiplied with each
/// other.
namespace tonecast::wavenet {

/// A function of one sample, the same in all channels unless it says otherwise.
struct Activation {
    Curve curve = Curve::tanh;
    std::vector<float> slopes{}; // below zero
    float minimum = -1.0F;       // of leaky_hard_tanh, linear with these slopes beyond them
    float maximum = 1.0F;
    float slope_below = 0.01F;
    float slope_above = 0.01F;
};

/// What becomes of the two halves z, g of a layer's convolution.
enum class Gating {
    none,    // f(z), there is no g
    gated,   // f(z) · h(g)
    blended, // h(g) · f(z) + (1 − h(g)) · z
};

/// v · s(condition) + t(condition), both made by one 1×1 convolution of the condition.
struct Film {
    bool shift = true; // whether there is a t
    int groups = 1;
};

/// Where a layer may have one, in the order of its weights.
enum class FilmPlace {
    conv_pre,
    conv_post,
    mixin_pre,
    mixin_post,
    activation_pre,
    activation_post,
    layer1x1_post, // only where the layer is blended: NAM's core plays no other
    head1x1_post,
};
inline constexpr int film_places = 8;
inline constexpr const char* film_names[film_places] = {
    "conv_pre",       "conv_post",       "mixin_pre",     "mixin_post",
    "activation_pre", "activation_post", "layer1x1_post", "head1x1_post"};

struct Layer {
    int kernel_size = 1;
    int dilation = 1;
    Activation activation{};
    Gating gating = Gating::none;
    Activation gate_activation{Curve::sigmoid};
};

struct OneByOne {
    int groups = 1;
};

struct Head1x1 {
    int out_channels = 1;
    int groups = 1;
};

struct ArrayHead {
    int out_channels = 1;
    int kernel_size = 1;
    int dilation = 1;
    bool bias = false;
};

/// Layers of one width, one after the other.
struct LayerArray {
    int input_size = 1; // the last array's channels
    int condition_size = 1;
    int channels = 1;
    int bottleneck = 1; // channels between a layer's convolution and its 1×1
    int groups_input = 1;
    int groups_mixin = 1;
    std::vector<Layer> layers;
    std::optional<OneByOne> layer1x1; // none: what goes through the array stays as it came in
    std::optional<Head1x1> head1x1;
    std::array<std::optional<Film>, film_places> films;
    ArrayHead head;
};

/// After the arrays: activation and convolution, with bias, in turn.
struct PostHead {
    struct Convolution {
        int out_channels = 1;
        int kernel_size = 1;
    };
    Activation activation{};
    std::vector<Convolution> convolutions;
};

struct WaveNet {
    std::vector<LayerArray> arrays;
    std::optional<PostHead> head;
    std::shared_ptr<const WaveNet> condition; // hears the input in the arrays' place; may be null
    int conditions = 0; // knobs, which all layers hear behind the sound; none where there is a
                        // condition network
    bool zero_padding = false; // after a reset each convolution's past is zeros, as PyTorch pads;
                               // elsewhere what silence leaves
};

/// Convolutions of two taps one after the other, each with a bias and an activation; a 1×1 ends.
struct ConvNet {
    int channels = 1;
    std::vector<int> dilations;
    int groups = 1;
    Activation activation{};
};

/// One convolution: an impulse response.
struct Linear {
    int receptive_field = 1;
    bool bias = false;
};

/// Throw Error, which names the field, where it is none, or is too large to be played.
WaveNet read_wavenet(const Json& network);
ConvNet read_convnet(const Json& network);
Linear read_linear(const Json& network);

/// What the above read: the same network gives the same text.
std::string write(const WaveNet& network);
std::string write(const ConvNet& network);
std::string write(const Linear& network);

/// How many samples decide about one that comes out, the newest included.
int receptive_field_samples(const WaveNet& network);
int receptive_field_samples(const ConvNet& network);

} // namespace tonecast::wavenet
