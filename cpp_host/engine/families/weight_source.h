#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

namespace tonecast {

/// Where the weights of a network come from. A reader of a network asks for its tensors one after
/// the other, in the order of the `.nam` format and by the names of the PyTorch module; a source
/// goes by the one or the other: a flat list, or the initializers of a graph.
class WeightSource {
public:
    virtual ~WeightSource() = default;

    /// Row after row. Throws Error where there is none of that name and shape, or too few are left.
    virtual std::vector<float> take(const std::string& name,
                                    std::initializer_list<std::size_t> shape) = 0;
};

} // namespace tonecast
