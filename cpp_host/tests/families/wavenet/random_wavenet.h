#pragma once

#include "engine/families/wavenet/config.h"
#include "engine/families/weight_source.h"

#include <map>
#include <random>
#include <string>
#include <vector>

/// Networks with random shapes and weights, the same everywhere.
namespace random_wavenet {

/// Weights that depend on the tensor's name alone.
class RandomWeights : public tonecast::WeightSource {
public:
    std::vector<float> take(const std::string& name,
                            std::initializer_list<std::size_t> shape) override;

    const std::vector<float>& of(const std::string& name) const { return taken_.at(name); }
    bool has(const std::string& name) const { return taken_.contains(name); }

    /// "name [shape]" of each, in the order in which they were asked for.
    const std::vector<std::string>& asked() const { return asked_; }

private:
    std::map<std::string, std::vector<float>> taken_;
    std::vector<std::string> asked_;
};

/// Any of the options, with 1 to 17 channels; a condition network only where there are no knobs.
tonecast::wavenet::WaveNet random_network(unsigned seed, int conditions = 0);
tonecast::wavenet::Activation random_activation(std::mt19937& random, int channels);

/// Shapes that are played most.
tonecast::wavenet::WaveNet a1(int channels);
tonecast::wavenet::WaveNet a2(int channels);

/// Evenly spread over ±size; uniform distributions differ between libraries.
std::vector<float> noise(unsigned seed, int count, float size);

} // namespace random_wavenet
