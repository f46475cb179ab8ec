#pragma once

#include "engine/effect_file/effect_file.h"
#include "engine/effect_file/onnx_graph.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace tonecast {

/// Where the weights of a network come from. A reader of a network asks for its tensors one after
/// the other, in the order of the `.nam` format and by the names of the PyTorch module; a source
/// goes by the one or the other.
class WeightSource {
public:
    virtual ~WeightSource() = default;

    /// Row after row. Throws Error where there is none of that name and shape, or too few are left.
    virtual std::vector<float> take(const std::string& name,
                                    std::initializer_list<std::size_t> shape) = 0;
};

/// A flat list in the order of the format.
class FlatWeights : public WeightSource {
public:
    /// The list must outlive the source.
    explicit FlatWeights(std::span<const float> values) : values_(values) {}

    std::vector<float> take(const std::string& name,
                            std::initializer_list<std::size_t> shape) override;

    /// Throws Error where there are more than were asked for.
    void none_left() const;

private:
    std::span<const float> values_;
    std::size_t taken_ = 0;
};

/// The initializers of an effect's graph, by name.
class GraphWeights : public WeightSource {
public:
    /// The file must outlive the source.
    explicit GraphWeights(const EffectFile& file);

    std::vector<float> take(const std::string& name,
                            std::initializer_list<std::size_t> shape) override;

    /// An int64 tensor [count] of indices below `end`. Throws Error where there is none.
    std::vector<std::int32_t> take_indices(const std::string& name, std::size_t count, int end);

private:
    const OnnxGraph::Tensor& find(const std::string& name, ElementType type,
                                  std::initializer_list<std::size_t> shape) const;

    OnnxGraph graph_;
};

} // namespace tonecast
