#pragma once

#include "plugin/plugin_processor.h"

namespace tonecast::plugin {

/// What a host keeps of the plugin.
inline juce::MemoryBlock state_of(PluginProcessor& plugin) {
    juce::MemoryBlock state;
    plugin.getStateInformation(state);
    return state;
}

/// And gives back.
inline void restore(PluginProcessor& plugin, const juce::MemoryBlock& state) {
    plugin.setStateInformation(state.getData(), static_cast<int>(state.getSize()));
}

} // namespace tonecast::plugin
