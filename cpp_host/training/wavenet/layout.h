#pragma once

#include "training/wavenet/kernel.h"
#include "training/wavenet/tape.h"

#include <vector>

namespace tonecast::training::wavenet {

/// A tape's steps for a number of samples, and where everything stands in memory.
///
/// Each signal is as long as its hearers need, so a network's past is computed once and no more.
/// Values stay until the way back is done; gradients share memory, as each is soon used up.
class Layout {
public:
    /// For the last `wanted_samples` of the output.
    Layout(const Tape& tape, int wanted_samples);

    View view() const {
        return {steps_.data(), passes_.data(), static_cast<int>(passes_.size()), end_, row_floats_};
    }
    int end() const { return end_; }
    const Rows& input() const { return input_; }
    const Rows& output() const { return output_; }
    std::size_t tape_floats() const { return tape_floats_; }
    std::size_t gradient_floats() const { return gradient_floats_; }

private:
    void find_lengths(const Tape& tape, int wanted_samples);
    void place_values(const Tape& tape);
    void place_gradients(const Tape& tape);
    void add_steps(const Tape& tape);
    bool is_heard(const Operation& operation) const;
    Rows rows_of(const Part& part) const;

    std::vector<int> lengths_; // of each signal; 0: nobody hears it
    std::vector<std::ptrdiff_t> values_;
    std::vector<std::ptrdiff_t> gradients_;
    std::vector<char> passed_on_; // by operation: see Step::passes_on
    std::vector<Step> steps_;
    std::vector<std::vector<float>> slopes_;
    std::vector<Pass> passes_;
    Rows input_;
    Rows output_;
    int end_ = 0;
    std::ptrdiff_t row_floats_ = 0;
    std::size_t tape_floats_ = 0;
    std::size_t gradient_floats_ = 0;
};

} // namespace tonecast::training::wavenet
