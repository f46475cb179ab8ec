#include "engine/families/autoencoder/kernel_runner.h"

#include "engine/error.h"
#include "engine/signal/flush_denormals.h"

#include <utility>

namespace tonecast {

KernelRunner::KernelRunner(std::shared_ptr<const KernelModel> model) : model_(std::move(model)) {}

void KernelRunner::prepare(int channels) {
    if (channels < 1)
        throw Error("a stream needs at least one channel");
    const kernels::FrameKernel& kernel = model_->kernel();
    const auto count = static_cast<std::size_t>(channels);
    channels_ = channels;
    frame_ = AlignedFloats(count * kernels::frame_samples);
    frame_out_ = AlignedFloats(count * kernels::frame_samples);
    scratch_ = AlignedFloats(kernel.scratch_bytes / sizeof(float));
    per_channel_ = AlignedFloats(count * kernel.per_channel_bytes / sizeof(float));
}

bool KernelRunner::run(kernels::StageTimes* times) noexcept {
    const FlushDenormals while_running; // the same bits on any thread
    model_->kernel().run(model_->packed(), scratch_.span().data(), per_channel_.span().data(),
                         channels_, model_->route(), frame_.span().data(), frame_out_.span().data(),
                         times);
    return true;
}

} // namespace tonecast
