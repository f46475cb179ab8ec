#include "plugin/host/effect_host.h"

#include "engine/error.h"
#include "plugin/host/cabinet_file.h"

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

void EffectHost::use_cabinet(const std::filesystem::path& path) {
    const std::lock_guard lock(lock_);
    cabinet_problem_.clear();
    try {
        const auto response = path.empty() ? nullptr : read_cabinet(path);
        cabinet_ = path;
        preparation_.use_cabinet(response);
        if (const auto& bound = playback_.current().bound)
            bound->engine()->load_cabinet(response);
    } catch (const Error& error) {
        cabinet_problem_ = error.what();
    }
}

std::filesystem::path EffectHost::cabinet() const {
    const std::lock_guard lock(lock_);
    return cabinet_;
}

std::filesystem::path EffectHost::file() const {
    const std::lock_guard lock(lock_);
    return selection_.file();
}

std::string EffectHost::problem() const {
    const std::lock_guard lock(lock_);
    if (!preparation_.problem().empty())
        return preparation_.problem();
    if (!cabinet_problem_.empty())
        return cabinet_problem_;
    return selection_.is_automatic() ? preparation_.automatic_problem() : std::string();
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
