#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace tonecast {

/// Zeroed floats that begin on a cache line, for aligned vector loads.
class AlignedFloats {
public:
    explicit AlignedFloats(std::size_t count = 0)
        : data_(static_cast<float*>(::operator new[](count * sizeof(float), cache_line))),
          count_(count) {
        std::fill_n(data_.get(), count, 0.0F);
    }

    std::span<float> span() const noexcept { return {data_.get(), count_}; }

private:
    static constexpr std::align_val_t cache_line{64};

    struct Free {
        void operator()(float* data) const noexcept { ::operator delete[](data, cache_line); }
    };
    std::unique_ptr<float[], Free> data_;
    std::size_t count_ = 0;
};

} // namespace tonecast
