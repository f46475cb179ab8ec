#include "engine/families/resonances/kernel_runner.h"

#include "engine/error.h"
#include "engine/signal/flush_denormals.h"

#include <cstddef>
#include <utility>

namespace tonecast::resonances {

KernelRunner::KernelRunner(std::shared_ptr<const KernelModel> model) : model_(std::move(model)) {
    for (const Control& control : model_->contract().controls)
        controls_.push_back(control.default_value);
}

void KernelRunner::prepare(int channels) {
    if (channels < 1)
        throw Error("a stream needs at least one channel");
    const Contract& contract = model_->contract();
    const auto count = static_cast<std::size_t>(channels);
    resonances_.emplace(model_->config(), model_->tables(), contract.frame_size_samples,
                        contract.transform_size_samples, count);
    frame_.assign(count * static_cast<std::size_t>(contract.frame_size_samples), 0.0F);
    gain_db_.assign(count * static_cast<std::size_t>(contract.transform_size_samples / 2 + 1),
                    0.0F);
}

void KernelRunner::reset() noexcept {
    if (resonances_)
        resonances_->reset();
}

bool KernelRunner::run() noexcept {
    const FlushDenormals while_running; // the same bits on any thread
    return resonances_->run(frame_, model_->controls().read(controls_), gain_db_);
}

} // namespace tonecast::resonances
