#include "engine/families/wavenet/config.h"

#include <numeric>

namespace tonecast::wavenet {

int receptive_field_samples(const WaveNet& network) {
    int samples = network.condition ? receptive_field_samples(*network.condition) : 1;
    for (const LayerArray& array : network.arrays) {
        for (const Layer& layer : array.layers)
            samples += (layer.kernel_size - 1) * layer.dilation;
        samples += (array.head.kernel_size - 1) * array.head.dilation;
    }
    if (network.head)
        for (const PostHead::Convolution& convolution : network.head->convolutions)
            samples += convolution.kernel_size - 1;
    return samples;
}

int receptive_field_samples(const ConvNet& network) {
    return std::accumulate(network.dilations.begin(), network.dilations.end(), 1);
}

} // namespace tonecast::wavenet
