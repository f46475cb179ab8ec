#include "engine/families/resonances/tables.h"

#include "engine/error.h"
#include "engine/families/weight_source.h"

#include <algorithm>
#include <cstddef>

namespace tonecast::resonances {

namespace {

/// The graph's transform is a product of two matrices (export/dft.py), which leaves the bins in
/// rows of 64 places: place c of row r has bin r + rows · c, or its mirror image. So the first and
/// the last row have their bins twice.
class Slots {
public:
    explicit Slots(const Contract& contract) : size_(contract.transform_size_samples) {
        if (size_ < 2 * columns || contract.frame_size_samples > size_)
            throw Error("its transform of " + std::to_string(size_) + " samples must be at least " +
                        std::to_string(std::max(2 * columns, contract.frame_size_samples)) +
                        " long for a kernel; play it with the backend \"onnxruntime\"");
    }

    int bins() const noexcept { return size_ / 2 + 1; }
    int count() const noexcept { return (size_ / columns / 2 + 1) * columns; }
    int bin(int slot) const noexcept {
        const int at = slot / columns + size_ / columns * (slot % columns);
        return std::min(at, size_ - at);
    }

    /// Values [slots] in the order of the bins, of each bin the first one.
    std::vector<float> by_bin(const std::vector<float>& values) const {
        std::vector<float> ordered(static_cast<std::size_t>(bins()));
        for (int slot = count() - 1; slot >= 0; --slot)
            ordered[static_cast<std::size_t>(bin(slot))] = values[static_cast<std::size_t>(slot)];
        return ordered;
    }

    /// From indices of slots.
    Tables::Indices to_bins(Tables::Indices slots) const {
        std::ranges::transform(slots, slots.begin(), [&](int slot) { return bin(slot); });
        return slots;
    }

private:
    static constexpr int columns = 64;

    int size_;
};

} // namespace

Tables read_tables(const EffectFile& file, const Config& config) {
    const Slots slots(file.contract);
    const auto bins = static_cast<std::size_t>(slots.bins());
    const auto bands = static_cast<std::size_t>(config.bands);
    const auto narrow = static_cast<std::size_t>(config.narrow_bands);
    const auto covered = static_cast<std::size_t>(config.bins_per_band);
    const auto taps = static_cast<std::size_t>(config.sharpening_taps);
    const auto all = static_cast<std::size_t>(slots.count());
    const std::size_t wide = bands - narrow;

    GraphWeights graph(file);
    const auto take_bins = [&](const char* name, std::size_t count) {
        return slots.to_bins(graph.take_indices(name, count, slots.count()));
    };
    Tables read;
    read.loudness_weight = slots.by_bin(graph.take("loudness_weight", {1, all}));
    read.lower_bin = take_bins("bands.lower_slot", narrow);
    read.upper_bin = take_bins("bands.upper_slot", narrow);
    read.upper_share = graph.take("bands.upper_share", {narrow});
    read.covered_bin = take_bins("bands.covered_slots", wide * covered);
    read.covered_share = graph.take("bands.covered_share", {wide, covered});
    read.lower_band = graph.take_indices("bands.lower_band", bins, config.bands);
    read.upper_band = graph.take_indices("bands.upper_band", bins, config.bands);
    read.band_share = graph.take("bands.band_share", {bins});
    read.noise_scatter_db = graph.take("noise_scatter_db", {1, bands});
    read.band_octave = graph.take("band_octave", {1, bands});
    read.pivot_octave = graph.take("sensitivity.band_octave", {1, bands});
    read.sharpening = graph.take("sharpening", {1, 1, taps});
    return read;
}

} // namespace tonecast::resonances
