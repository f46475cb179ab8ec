#pragma once

#include <deque>
#include <juce_gui_basics/juce_gui_basics.h>
#include <optional>

namespace tonecast::plugin {

/// The last ten seconds: the attenuation that was predicted, the one that was applied, and how much
/// sound it took away.
class HistoryView final : public juce::Component {
public:
    struct Moment {
        std::optional<float> predicted; // nothing where no predictor is at work
        float applied = 0.0F;
        float change_db = 0.0F;
    };

    void add(const Moment& moment, double elapsed_s);
    void paint(juce::Graphics& g) override;

private:
    static constexpr double span_s = 10.0;

    struct Timed {
        Moment moment;
        double age_s;
    };

    std::deque<Timed> moments_;
};

} // namespace tonecast::plugin
