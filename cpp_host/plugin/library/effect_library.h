#pragma once

#include "engine/effect_file/contract.h"
#include "engine/inference/model.h"
#include "plugin/library/bundle.h"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

namespace tonecast::plugin {

/// One effect, or a predictor: its files by the sample rate in Hz that they were made for.
struct Effect {
    struct File {
        std::filesystem::path path;
        Contract contract;
        std::string contract_json;
    };

    const File& fitting(int host_rate_hz) const;

    std::string name;
    std::map<int, File> files;
};

/// The effect in a file, one of ours or a capture by another program. Throws Error.
Effect read_effect(const std::filesystem::path& path);

/// The effects in the bundle, and the models of all that play: one copy of each for all instances
/// in the process.
class EffectLibrary {
public:
    static EffectLibrary& shared();

    explicit EffectLibrary(Bundle bundle);

    /// Read once, the default first. Empty where the bundle is damaged.
    const std::vector<Effect>& effects() const { return effects_; }

    /// The predictor of that name; null where it is not in the bundle.
    const Effect* predictor(const std::string& name) const;

    /// The file of the presets in the bundle.
    const std::filesystem::path& presets() const { return bundle_.presets; }

    /// What is wrong with the bundle, in one line; empty where nothing is.
    const std::string& problem() const { return problem_; }

    /// Any thread that may wait: a few tenths of a second for a file that is new. The effect in a
    /// file of the user's, which another process has to open and play first. Throws Error.
    Effect read_file(const std::filesystem::path& path);

    /// Any thread that may wait. Throws Error.
    std::shared_ptr<const Model> load_model(const std::filesystem::path& path);

private:
    using FileKey = std::tuple<std::string, std::filesystem::file_time_type, std::uintmax_t>;

    static FileKey key(const std::filesystem::path& path);
    void read_bundle();
    void add(Effect effect);

    Bundle bundle_;
    std::vector<Effect> effects_;
    std::vector<Effect> predictors_;
    std::string problem_;

    std::mutex loading_;
    std::map<FileKey, std::string> trials_; // why a file is not to be opened; empty where it is
    std::map<FileKey, std::weak_ptr<const Model>> models_;
};

} // namespace tonecast::plugin
