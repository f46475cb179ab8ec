#pragma once

#include "engine/signal/flush_denormals.h"

#include <algorithm>
#include <cstddef>
#include <thread>
#include <vector>

namespace tonecast::training {

/// work(i, worker) for each i < count, by at most so many threads; worker w does w, w + workers, ….
/// A thread is started for each but the first: that takes a thousandth of a training step.
template <typename Work>
void in_parallel(std::size_t count, std::size_t workers, Work work) {
    const auto run = [&](std::size_t worker) {
        const FlushDenormals while_running;
        for (std::size_t i = worker; i < count; i += workers)
            work(i, worker);
    };
    std::vector<std::jthread> threads;
    for (std::size_t worker = 1; worker < std::min(count, workers); ++worker)
        threads.emplace_back(run, worker);
    run(0);
}

} // namespace tonecast::training
