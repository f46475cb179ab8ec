#include "training/wavenet/layout.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tonecast::training::wavenet {

namespace {

constexpr int line_floats = 16;

int rounded_up(int samples) {
    return (samples + grain_samples - 1) / grain_samples * grain_samples;
}

/// Its rows and how much earlier than `to` they are heard.
struct Heard {
    Part part;
    int past_samples;
};

std::vector<Heard> heard_by(const Operation& operation) {
    std::vector<Heard> heard{{operation.from, operation.filter.past_samples()}};
    if (operation.mixed.exists())
        heard.push_back({operation.mixed, operation.mixing.past_samples()});
    if (operation.plus.exists())
        heard.push_back({operation.plus, 0});
    return heard;
}

} // namespace

Layout::Layout(const Tape& tape, int wanted_samples) {
    find_lengths(tape, wanted_samples);
    place_values(tape);
    place_gradients(tape);
    add_steps(tape);
}

bool Layout::is_heard(const Operation& operation) const {
    return lengths_[static_cast<std::size_t>(operation.to.signal)] > 0;
}

void Layout::find_lengths(const Tape& tape, int wanted_samples) {
    lengths_.assign(tape.rows.size(), 0);
    lengths_[static_cast<std::size_t>(tape.output.signal)] = rounded_up(wanted_samples);
    for (auto one = tape.operations.rbegin(); one != tape.operations.rend(); ++one) {
        if (!is_heard(*one))
            continue;
        const int length = lengths_[static_cast<std::size_t>(one->to.signal)];
        for (const Heard& heard : heard_by(*one)) {
            int& own = lengths_[static_cast<std::size_t>(heard.part.signal)];
            own = std::max(own, rounded_up(length + heard.past_samples));
        }
    }
    end_ = std::max(grain_samples, *std::max_element(lengths_.begin(), lengths_.end()));
    // An odd number of cache lines: rows a power of two apart compete for the same places.
    const int lines = (end_ + guard_samples + line_floats - 1) / line_floats;
    row_floats_ = static_cast<std::ptrdiff_t>(lines | 1) * line_floats;
}

void Layout::place_values(const Tape& tape) {
    // Before the first row there is room as well: tiles may look a little ahead of the beginning.
    std::ptrdiff_t next = guard_samples;
    for (std::size_t s = 0; s < tape.rows.size(); ++s) {
        values_.push_back(next);
        if (lengths_[s] > 0)
            next += tape.rows[s] * row_floats_;
    }
    tape_floats_ = static_cast<std::size_t>(next);
}

void Layout::place_gradients(const Tape& tape) {
    gradients_.assign(tape.rows.size(), -1);
    passed_on_.assign(tape.operations.size(), 0);
    std::vector<int> first_pass(tape.rows.size(), 0); // that a gradient is there for
    for (auto one = tape.operations.rbegin(); one != tape.operations.rend(); ++one)
        if (is_heard(*one))
            first_pass[static_cast<std::size_t>(one->to.signal)] = one->pass;
    std::ptrdiff_t next = guard_samples;
    std::map<int, std::vector<std::ptrdiff_t>> free_places; // by rows
    std::vector<std::pair<int, std::size_t>> in_use;        // first pass, signal
    const auto place = [&](std::size_t signal) {
        auto& places = free_places[tape.rows[signal]];
        if (places.empty()) {
            gradients_[signal] = next;
            next += tape.rows[signal] * row_floats_;
        } else {
            gradients_[signal] = places.back();
            places.pop_back();
        }
        in_use.emplace_back(first_pass[signal], signal);
    };
    place(static_cast<std::size_t>(tape.output.signal));
    int pass = -1;
    for (std::size_t i = tape.operations.size(); i-- > 0;) {
        const Operation& one = tape.operations[i];
        if (!is_heard(one))
            continue;
        if (one.pass != pass) {
            pass = one.pass;
            std::erase_if(in_use, [&](const auto& used) {
                if (used.first <= pass)
                    return false;
                free_places[tape.rows[used.second]].push_back(gradients_[used.second]);
                return true;
            });
        }
        const auto to = static_cast<std::size_t>(one.to.signal);
        const auto plus = static_cast<std::size_t>(std::max(one.plus.signal, 0));
        if (one.kind == Kind::convolve && one.plus.exists() && one.plus.signal != 0 &&
            gradients_[plus] < 0 && tape.rows[plus] == tape.rows[to]) {
            passed_on_[i] = 1;
            gradients_[plus] = gradients_[to];
            for (auto& used : in_use)
                if (used.second == to)
                    used = {first_pass[plus], plus};
        }
        for (const Heard& heard : heard_by(one)) {
            const auto signal = static_cast<std::size_t>(heard.part.signal);
            if (signal != 0 && gradients_[signal] < 0)
                place(signal);
        }
    }
    gradient_floats_ = static_cast<std::size_t>(next);
}

Rows Layout::rows_of(const Part& part) const {
    if (!part.exists())
        return {};
    const auto signal = static_cast<std::size_t>(part.signal);
    Rows rows;
    rows.value = values_[signal] + part.first * row_floats_;
    rows.gradient = gradients_[signal] < 0 ? -1 : gradients_[signal] + part.first * row_floats_;
    rows.count = part.rows;
    rows.begin = end_ - lengths_[signal];
    return rows;
}

void Layout::add_steps(const Tape& tape) {
    // Going back, the first that gives something to a row sets it, and the others add.
    std::vector<std::vector<char>> given;
    std::vector<int> numbers; // of the steps' passes
    for (const int rows : tape.rows)
        given.emplace_back(rows, 0);
    const auto give = [&](const Part& part, Rows& rows) {
        if (!part.exists() || rows.gradient < 0)
            return;
        auto& own = given[static_cast<std::size_t>(part.signal)];
        rows.adds = own[static_cast<std::size_t>(part.first)] != 0;
        std::fill_n(own.begin() + part.first, part.rows, 1);
    };
    for (std::size_t i = tape.operations.size(); i-- > 0;) {
        const Operation& one = tape.operations[i];
        if (!is_heard(one))
            continue;
        Step step;
        step.kind = static_cast<StepKind>(one.kind);
        step.to = rows_of(one.to);
        step.from = rows_of(one.from);
        step.mixed = rows_of(one.mixed);
        step.plus = rows_of(one.plus);
        step.passes_on = passed_on_[i] != 0;
        step.begins = one.begins;
        step.blended = one.blended;
        step.weight = one.weight;
        step.curve = one.activation.curve;
        step.minimum = one.activation.minimum;
        step.maximum = one.activation.maximum;
        step.slope_below = one.activation.slope_below;
        step.slope_above = one.activation.slope_above;
        give(one.plus, step.plus);
        if (one.kind != Kind::bend || one.from.signal != one.to.signal)
            give(one.from, step.from);
        give(one.mixed, step.mixed);
        if (one.kind == Kind::convolve) {
            step.sources[0] = {step.from, one.filter.taps, one.filter.dilation, one.filter.weights};
            step.sources[1] = {step.mixed, one.mixing.taps, one.mixing.dilation,
                               one.mixing.weights};
            step.source_count = one.mixed.exists() ? 2 : 1;
        }
        slopes_.push_back(one.activation.slopes);
        if (one.activation.curve == Curve::relu)
            slopes_.back() = {0.0F};
        if (slopes_.back().size() == 1)
            slopes_.back().resize(static_cast<std::size_t>(one.to.rows), slopes_.back().front());
        step.slopes = slopes_.back().data();
        steps_.push_back(step);
        numbers.push_back(one.pass);
    }
    std::reverse(steps_.begin(), steps_.end());
    std::reverse(numbers.begin(), numbers.end());
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (i == 0 || numbers[i] != numbers[i - 1])
            passes_.push_back({static_cast<int>(i), 0, end_});
        passes_.back().last = static_cast<int>(i) + 1;
        for (const Rows* rows : {&steps_[i].to, &steps_[i].from, &steps_[i].mixed, &steps_[i].plus})
            if (rows->count > 0)
                passes_.back().begin = std::min(passes_.back().begin, rows->begin);
    }
    input_ = rows_of({0, 0, 1});
    output_ = rows_of(tape.output);
}

} // namespace tonecast::training::wavenet
