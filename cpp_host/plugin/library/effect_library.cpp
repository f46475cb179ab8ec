#include "plugin/library/effect_library.h"

#include "engine/captures/capture.h"
#include "engine/effect_file/effect_file.h"
#include "engine/error.h"
#include "engine/onnxruntime/ort_library.h"
#include "engine/signal/rate_ratio.h"
#include "engine/trial/trial.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace tonecast::plugin {

namespace fs = std::filesystem;

namespace {

constexpr auto default_effect = "resonance-eq";
constexpr int trial_rate_hz = 48000; // the host's own is not known yet

std::vector<fs::path> effect_files(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.path().extension() == ".onnx")
            paths.push_back(entry.path());
    std::ranges::sort(paths);
    return paths;
}

} // namespace

const Effect::File& Effect::fitting(int host_rate_hz) const {
    std::vector<int> rates_hz;
    for (const auto& [rate_hz, file] : files)
        rates_hz.push_back(rate_hz);
    return files.at(fitting_rate(rates_hz, host_rate_hz));
}

Effect read_effect(const fs::path& path) {
    const auto effect_in = [&](auto file) {
        Effect effect{file.contract.name, {}};
        const int rate_hz = file.contract.sample_rate_hz;
        effect.files[rate_hz] = {path, std::move(file.contract), std::move(file.contract_json)};
        return effect;
    };
    return is_capture(path) ? effect_in(read_capture(path)) : effect_in(read_effect_file(path));
}

EffectLibrary& EffectLibrary::shared() {
    static EffectLibrary library(find_bundle());
    return library;
}

EffectLibrary::EffectLibrary(Bundle bundle) : bundle_(std::move(bundle)) {
    read_bundle();
    if (effects_.empty())
        problem_ += (problem_.empty() ? "" : "; ") + bundle_.effects.string() +
                    ": there are no effects here, reinstall the plugin";
}

void EffectLibrary::read_bundle() {
    for (const fs::path& path : effect_files(bundle_.effects)) {
        try {
            add(read_effect(path));
        } catch (const Error& error) {
            problem_ += (problem_.empty() ? "" : "; ") + std::string(error.what());
        }
    }
    std::ranges::stable_partition(
        effects_, [](const Effect& effect) { return effect.name == default_effect; });
}

void EffectLibrary::add(Effect effect) {
    const bool predicts = effect.files.begin()->second.contract.kind == Kind::predictor;
    auto& known = predicts ? predictors_ : effects_;
    const auto same = std::ranges::find(known, effect.name, &Effect::name);
    if (same == known.end())
        known.push_back(std::move(effect));
    else
        same->files.merge(effect.files);
}

const Effect* EffectLibrary::predictor(const std::string& name) const {
    const auto found = std::ranges::find(predictors_, name, &Effect::name);
    return found == predictors_.end() ? nullptr : &*found;
}

EffectLibrary::FileKey EffectLibrary::key(const fs::path& path) {
    std::error_code error;
    return {fs::weakly_canonical(path, error).string(), fs::last_write_time(path, error),
            fs::file_size(path, error)};
}

Effect EffectLibrary::read_file(const fs::path& path) {
    {
        const std::lock_guard lock(loading_);
        const auto [trial, is_new] = trials_.try_emplace(key(path));
        try {
            if (is_new)
                try_in_child({bundle_.trial, bundle_.onnxruntime}, path, trial_rate_hz);
        } catch (const Error& error) {
            trial->second = error.what();
        }
        if (!trial->second.empty())
            throw Error(trial->second);
    }
    return read_effect(path);
}

std::shared_ptr<const Model> EffectLibrary::load_model(const fs::path& path) {
    const FileKey known = key(path);
    const std::lock_guard lock(loading_);
    auto model = models_[known].lock();
    if (!model) {
        OrtLibrary::load(bundle_.onnxruntime);
        models_[known] = model = open_model(path);
    }
    return model;
}

} // namespace tonecast::plugin
