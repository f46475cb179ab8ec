#include "plugin/host/effect_host.h"

namespace tonecast::plugin {

EffectHost::EffectHost(const Parameters& parameters, ControlBank& controls, EffectLibrary& library)
    : selection_(parameters, controls, library),
      preparation_(selection_, parameters, controls, library) {}

void EffectHost::prepare(const HostSettings& host) {
    const std::lock_guard lock(lock_);
    offline_ = host.offline;
    playback_.prepare(host);
    play_selected(host);
    playback_.start();
}

void EffectHost::release() {
    const std::lock_guard lock(lock_);
    playback_.stop();
}

int EffectHost::expected_latency_samples(const HostSettings& host) {
    const std::lock_guard lock(lock_);
    const int selected = selection_.active_effect_id();
    if (playback_.current().serves(selected, host))
        return playback_.current().latency_samples();
    return preparation_.ready(selected, host).latency_samples();
}

void EffectHost::update() {
    const std::lock_guard lock(lock_);
    if (!playback_.is_prepared())
        return;
    playback_.collect();
    HostSettings host = playback_.host();
    host.offline = offline_;
    play_selected(host);
    if (needs_predictor()) {
        preparation_.attach_predictor(*playback_.current().bound);
        playback_.predictor_was_tried();
    }
}

void EffectHost::play_selected(const HostSettings& host) {
    const int selected = selection_.active_effect_id();
    if (!playback_.current().serves(selected, host))
        playback_.play(preparation_.take(selected, host));
}

void EffectHost::use_file(const std::filesystem::path& path) {
    const std::lock_guard lock(lock_);
    selection_.use_file(path);
}

std::filesystem::path EffectHost::file() const {
    const std::lock_guard lock(lock_);
    return selection_.file();
}

std::string EffectHost::problem() const {
    const std::lock_guard lock(lock_);
    if (preparation_.problem().empty() && selection_.is_automatic())
        return preparation_.automatic_problem();
    return preparation_.problem();
}

std::shared_ptr<const Effect> EffectHost::effect() const {
    const std::lock_guard lock(lock_);
    return selection_.effect();
}

Counters EffectHost::counters() const {
    const std::lock_guard lock(lock_);
    return playback_.counters();
}

std::optional<AutomationPoint> EffectHost::last_automation_point() const {
    const std::lock_guard lock(lock_);
    const auto& bound = playback_.current().bound;
    if (!bound || !bound->has_predictor() || !selection_.is_automatic())
        return {};
    return bound->engine()->last_automation_point(*bound->automatic_control());
}

bool EffectHost::can_be_automatic() const {
    const std::lock_guard lock(lock_);
    const auto& bound = playback_.current().bound;
    return bound && preparation_.has_predictor_for(*bound);
}

bool EffectHost::outdated() const noexcept {
    return !playback_.plays(selection_.active_effect_id(), offline_) || needs_predictor();
}

} // namespace tonecast::plugin
