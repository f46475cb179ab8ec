#include "plugin/effect_host.h"

#include "engine/error.h"
#include "engine/inference/identity.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tonecast::plugin {

namespace {

constexpr int dry_frame_samples = 32;

constexpr int engine_max_block_samples = 65536;

// One for the rate at which hosts try a plugin, one for that of the session, and one to compare.
constexpr std::size_t models_kept = 3;

/// What plays where no effect can: every frame comes back as it is, at any rate.
std::shared_ptr<ParameterBoundEngine> make_dry_engine(int channels) {
    Contract contract;
    contract.name = "dry";
    contract.sample_rate_hz = 48000;
    contract.frame_size_samples = contract.hop_size_samples = dry_frame_samples;
    contract.hop_sizes_samples = {dry_frame_samples};
    auto engine = std::make_shared<ParameterBoundEngine>(
        std::make_shared<IdentityModel>(std::move(contract)));
    engine->prepare({.sample_rate_hz = 48000, .channels = channels});
    return engine;
}

PlaySettings play_settings(const HostSettings& host) {
    PlaySettings settings;
    settings.sample_rate_hz = host.sample_rate_hz;
    settings.channels = host.channels;
    settings.mode = host.offline ? Mode::inline_ : Mode::worker;
    settings.max_block_samples = std::min(host.max_block_samples, engine_max_block_samples);
    return settings;
}

bool same_stream(const HostSettings& one, const HostSettings& other) {
    return one.sample_rate_hz == other.sample_rate_hz && one.channels == other.channels;
}

} // namespace

EffectHost::EffectHost(const Parameters& parameters, ControlBank& controls, EffectLibrary& library)
    : parameters_(parameters), controls_(controls), library_(library),
      automatic_(*parameters.getRawParameterValue(automatic_id)) {}

void EffectHost::prepare(const HostSettings& host) {
    const std::lock_guard lock(lock_);
    offline_ = host.offline;
    if (!crossfader_ || !same_stream(host, host_)) {
        crossfader_ = std::make_unique<EngineCrossfader>();
        crossfader_->prepare(host.sample_rate_hz, host.channels);
        playing_ = {};
    }
    host_ = host;
    crossfader_->collect(); // what has faded out since would keep the next one from being taken
    play(host);
    if (std::exchange(released_, false))
        crossfader_->reset();
}

void EffectHost::release() {
    const std::lock_guard lock(lock_);
    released_ = true;
}

int EffectHost::expected_latency_samples(const HostSettings& host) {
    const std::lock_guard lock(lock_);
    if (playing_.serves(chosen(), host))
        return playing_.engine->latency_samples();
    get_ready(host);
    return ready_.engine->latency_samples();
}

void EffectHost::update() {
    const std::lock_guard lock(lock_);
    if (!crossfader_)
        return;
    crossfader_->collect();
    HostSettings host = host_;
    host.offline = offline_;
    play(host);
    if (is_automatic() && lacks_predictor_)
        attach_predictor(*playing_.engine);
}

void EffectHost::use_file(const std::filesystem::path& path) {
    std::optional<Effect> effect;
    try {
        effect = read_effect(path);
    } catch (const Error&) {
        // Said when it is to be played.
    }
    const std::lock_guard lock(lock_);
    file_ = path;
    controls_.use_file(effect ? &effect->files.begin()->second.contract : nullptr);
    if (chosen() == static_cast<int>(library_.effects().size()))
        playing_.choice = played_choice_ = ready_.choice = -1; // to be read anew
}

std::filesystem::path EffectHost::file() const {
    const std::lock_guard lock(lock_);
    return file_;
}

std::string EffectHost::problem() const {
    const std::lock_guard lock(lock_);
    return problem_.empty() && is_automatic() ? automatic_problem_ : problem_;
}

std::shared_ptr<const Effect> EffectHost::effect() const {
    const std::lock_guard lock(lock_);
    return effect_;
}

Counters EffectHost::counters() const {
    const std::lock_guard lock(lock_);
    return crossfader_ ? crossfader_->counters() : Counters{};
}

std::optional<AutomationPoint> EffectHost::last_automation_point() const {
    const std::lock_guard lock(lock_);
    if (!playing_.engine || !playing_.engine->has_predictor() || !is_automatic())
        return {};
    return playing_.engine->last_automation_point(*playing_.engine->automatic_control());
}

bool EffectHost::can_be_automatic() const {
    const std::lock_guard lock(lock_);
    if (!playing_.engine)
        return false;
    const auto control = playing_.engine->automatic_control();
    return control && library_.predictor(
                          playing_.engine->contract().controls[*control].automatic_by) != nullptr;
}

bool EffectHost::outdated() const noexcept {
    return played_choice_ != chosen() || played_offline_ != offline_ ||
           (is_automatic() && lacks_predictor_);
}

void EffectHost::process(float* const* channels, int count, int n, bool bypassed) noexcept {
    if (!crossfader_ || count != host_.channels)
        return;
    crossfader_->for_each_playing([bypassed](Engine& engine) {
        static_cast<ParameterBoundEngine&>(engine).follow();
        if (bypassed)
            engine.bypass().set(1.0F);
    });
    crossfader_->process(channels, channels, n);
}

void EffectHost::reset() noexcept {
    if (crossfader_)
        crossfader_->reset();
}

void EffectHost::read_chosen() {
    const auto choice = static_cast<std::size_t>(chosen());
    effect_ = nullptr;
    if (choice < library_.effects().size())
        effect_ = std::make_shared<const Effect>(library_.effects()[choice]);
    else if (!file_.empty()) {
        effect_ = std::make_shared<const Effect>(read_effect(file_));
        controls_.describe_file(effect_->files.begin()->second.contract);
    } else if (library_.effects().empty())
        throw Error(library_.problem());
    else
        throw Error("no effect file has been opened; open one or choose an effect");
}

std::shared_ptr<ParameterBoundEngine> EffectHost::make_engine(const HostSettings& host) {
    problem_.clear();
    try {
        const int active_effect_id =
            controls_.active_effect_id(); // before: another choice has another id
        read_chosen();
        const auto& file = effect_->fitting(host.sample_rate_hz);
        auto engine = std::make_shared<ParameterBoundEngine>(load_model(file.path), parameters_,
                                                             controls_, active_effect_id);
        engine->prepare(play_settings(host));
        if (is_automatic())
            attach_predictor(*engine);
        return engine;
    } catch (const Error& error) {
        problem_ = error.what();
        juce::Logger::writeToLog("Tonecast: " + juce::String(problem_));
    }
    return make_dry_engine(host.channels);
}

std::shared_ptr<const Model> EffectHost::load_model(const std::filesystem::path& path) {
    auto model = library_.load_model(path);
    std::erase(recent_models_, model);
    recent_models_.push_front(model);
    if (recent_models_.size() > models_kept)
        recent_models_.pop_back();
    return model;
}

bool EffectHost::Part::serves(int chosen, const HostSettings& wanted) const {
    return engine && choice == chosen && same_stream(host, wanted) &&
           host.offline == wanted.offline &&
           (host.offline || host.max_block_samples >= wanted.max_block_samples);
}

void EffectHost::attach_predictor(ParameterBoundEngine& engine) {
    lacks_predictor_ = false;
    automatic_problem_.clear();
    const auto control = engine.automatic_control();
    if (!control || engine.has_predictor())
        return;
    const std::string& name = engine.contract().controls[*control].automatic_by;
    try {
        const Effect* predictor = library_.predictor(name);
        if (predictor == nullptr)
            throw Error("the attenuation cannot be automatic: the predictor " + name +
                        " is not in this plugin");
        const auto& file = predictor->fitting(engine.contract().sample_rate_hz);
        engine.follow_predictor(load_model(file.path));
    } catch (const Error& error) {
        automatic_problem_ = error.what();
        juce::Logger::writeToLog("Tonecast: " + juce::String(automatic_problem_));
    }
}

void EffectHost::get_ready(const HostSettings& host) {
    const int choice = chosen();
    if (!ready_.serves(choice, host))
        ready_ = {make_engine(host), choice, host};
}

void EffectHost::play(const HostSettings& host) {
    if (playing_.serves(chosen(), host))
        return;
    get_ready(host);
    Part next = std::exchange(ready_, {});
    // Longer blocks that need no more time to wait leave the stream as it is.
    const bool as_it_was = playing_.engine && playing_.choice == next.choice &&
                           same_stream(playing_.host, host) &&
                           playing_.host.offline == host.offline &&
                           playing_.engine->latency_samples() == next.engine->latency_samples();
    if (as_it_was) {
        playing_.host = host;
        return;
    }
    playing_ = std::move(next);
    played_choice_ = playing_.choice;
    played_offline_ = host.offline;
    latency_samples_ = playing_.engine->latency_samples();
    lacks_predictor_ =
        playing_.engine->automatic_control().has_value() && !playing_.engine->has_predictor();
    crossfader_->put(playing_.engine);
}

} // namespace tonecast::plugin
