#include "plugin/host/playback.h"

#include <algorithm>
#include <utility>

namespace tonecast::plugin {

void Playback::prepare(const HostSettings& host) {
    if (!crossfader_ || !same_stream(host, host_)) {
        crossfader_ = std::make_unique<EngineCrossfader>();
        crossfader_->prepare(host.sample_rate_hz, host.channels);
        current_ = {};
    }
    host_ = host;
    collect(); // an engine that has faded out since would keep the next one from being taken
}

void Playback::start() noexcept {
    if (std::exchange(stopped_, false))
        crossfader_->reset();
}

void Playback::play(PreparedEngine next) {
    const bool same_sound = current_.bound && current_.active_effect_id == next.active_effect_id &&
                            same_stream(current_.host, next.host) &&
                            current_.host.offline == next.host.offline &&
                            current_.latency_samples() == next.latency_samples();
    if (same_sound) {
        current_.host = next.host;
        return;
    }
    current_ = std::move(next);
    active_effect_id_ = current_.active_effect_id;
    offline_ = current_.host.offline;
    latency_samples_ = current_.latency_samples();
    may_need_predictor_ =
        current_.bound->automatic_control().has_value() && !current_.bound->has_predictor();
    keep(current_.bound);
    crossfader_->put(current_.bound->engine());
    free_collected();
}

void Playback::collect() {
    crossfader_->collect();
    free_collected();
}

Counters Playback::counters() const {
    return crossfader_ ? crossfader_->counters() : Counters{};
}

void Playback::process(float* const* channels, const float* const* sidechain, int count, int n,
                       bool bypassed, const SoloRequest* solo) noexcept {
    if (!crossfader_ || count != host_.channels)
        return;
    crossfader_->for_each_playing([&](Engine& engine) {
        if (ParameterBoundEngine* bound = binding_of(engine))
            bound->follow();
        if (bypassed)
            engine.bypass().set(1.0F);
        if (solo != nullptr)
            solo->pass_to(engine.band_solo());
        else
            engine.band_solo().stop();
    });
    crossfader_->process(channels, channels, n, sidechain);
}

void Playback::reset() noexcept {
    if (crossfader_)
        crossfader_->reset();
}

void Playback::keep(const std::shared_ptr<ParameterBoundEngine>& bound) {
    // There is a free one: the crossfader holds one engine less before put() than during it.
    const auto slot = std::ranges::find(slots_, nullptr, &Slot::bound);
    slot->bound = bound;
    slot->engine = bound->engine().get();
}

void Playback::free_collected() {
    for (Slot& slot : slots_) {
        if (!slot.bound || crossfader_->holds(slot.engine))
            continue;
        slot.engine = nullptr;
        slot.bound = nullptr;
    }
}

ParameterBoundEngine* Playback::binding_of(const Engine& engine) noexcept {
    for (Slot& slot : slots_)
        if (slot.engine.load(std::memory_order_relaxed) == &engine)
            return slot.bound.get();
    return nullptr;
}

} // namespace tonecast::plugin
