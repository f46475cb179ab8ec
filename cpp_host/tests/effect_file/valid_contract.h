#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

/// A contract that keeps all rules; tests break them one at a time.
inline const std::string valid_contract = R"({
    "version": 1, "kind": "effect", "name": "test-effect", "label": "Test", "description": "…",
    "sample_rate_hz": 48000, "frame_size_samples": 8, "hop_size_samples": 4,
    "hop_sizes_samples": [4, 2], "analysis_window": "hann", "synthesis_window": "none",
    "controls": [
        {"name": "gain", "label": "Gain", "unit": "", "scale": "linear",
         "min": 0.0, "max": 2.0, "default": 0.5, "automatic_by": null},
        {"name": "low_hz", "label": "Low limit", "unit": "Hz", "scale": "log",
         "min": 20.0, "max": 20000.0, "default": 100.0, "automatic_by": "some-predictor"}],
    "predictor": null, "provenance": {}, "parity": {}})";

inline const std::string valid_causal_contract = R"({
    "version": 2, "kind": "effect", "form": "causal", "name": "test-amp", "label": "Test",
    "description": "…", "sample_rate_hz": 48000, "block_size_samples": 64,
    "prewarm_samples": 4093, "controls": [],
    "architecture": {"name": "some-net", "network": {"layers": [1, 2]}},
    "capture": {"loudness_db": -18.5, "input_level_dbu": null}, "tail_s": null,
    "provenance": {}, "parity": {}})";

inline const std::string valid_filter_contract = R"({
    "version": 4, "kind": "effect", "form": "filter", "name": "test-filter", "label": "Test",
    "description": "…", "sample_rate_hz": 48000, "frame_size_samples": 128,
    "hop_size_samples": 64, "hop_sizes_samples": [64, 128], "analysis_window": "hann",
    "transform_size_samples": 16, "filter_taps_samples": 12, "max_gain_db": 6.0,
    "controls": [
        {"name": "gain", "label": "Gain", "unit": "", "scale": "linear",
         "min": 0.0, "max": 2.0, "default": 0.5, "automatic_by": null},
        {"name": "delta", "label": "Delta", "unit": "", "scale": "switch",
         "min": 0, "max": 1, "default": 0, "automatic_by": null}],
    "provenance": {}, "parity": {}})";

inline const std::string valid_predictor_contract = R"({
    "version": 1, "kind": "predictor", "name": "test-predictor", "label": "Test",
    "description": "…", "sample_rate_hz": 22050,
    "predictor": {"window_samples": 11025, "period_s": 0.1, "smoothing_s": 3},
    "provenance": {}, "parity": {}})";

/// `text` with its only `before` replaced.
inline std::string changed(std::string text, std::string_view before, std::string_view after) {
    const auto at = text.find(before);
    if (at == text.npos || text.find(before, at + 1) != text.npos)
        throw std::logic_error("the test must change exactly one place: " + std::string(before));
    return text.replace(at, before.size(), after);
}
