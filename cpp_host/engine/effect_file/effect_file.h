#pragma once

#include "engine/effect_file/contract.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tonecast {

/// What a graph carries from one frame or block to the next: input `name`, output `name` + ".next".
struct StateTensor {
    std::string name; // "state.X"
    bool per_channel = false;
    std::vector<std::int64_t> shape; // its first entry is 1, to be multiplied by the channels
                                     // where there is one state for each
    std::vector<float> initial;      // after a reset, of one channel; empty: zeros
};

/// What the graph of an effect calls the sound that goes in, and the sound that comes out.
struct AudioNames {
    const char* in;
    const char* out; // of a filter effect, how to filter it
};
inline constexpr const char* sidechain_name = "sidechain"; // the second sound that goes in
AudioNames audio_names(const Contract& contract) noexcept;

/// An ONNX file with a contract that its graph keeps: all that is needed to play it.
struct EffectFile {
    std::string name; // as errors call it: the path that was given
    std::string bytes;
    Contract contract;
    std::string contract_json;
    std::vector<StateTensor> states; // in the graph's order; none for predictors
    bool is_linked = false;          // a filter effect's curve is one for all channels

    /// The GraphProto, whose hash the contract's parity record holds.
    std::string_view graph() const { return std::string_view(bytes).substr(graph_at, graph_size); }
    std::size_t graph_at = 0;
    std::size_t graph_size = 0;
};

/// Reads and checks a file. Throws Error: one line that begins with the path as given.
EffectFile read_effect_file(const std::filesystem::path& path);

/// The same for a file's content that is already in memory; `name` stands for it in errors.
EffectFile parse_effect_file(std::string bytes, std::string name);

} // namespace tonecast
