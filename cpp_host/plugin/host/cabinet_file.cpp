#include "plugin/host/cabinet_file.h"

#include "engine/error.h"
#include "engine/signal/audio_buffer.h"

#include <cmath>
#include <juce_audio_formats/juce_audio_formats.h>
#include <string>
#include <utility>

namespace tonecast::plugin {

std::shared_ptr<const ImpulseResponse> read_cabinet(const std::filesystem::path& path) {
    const std::string name = path.string();
    juce::AudioFormatManager formats;
    formats.registerBasicFormats();
    const std::unique_ptr<juce::AudioFormatReader> reader(
        formats.createReaderFor(juce::File(name)));
    if (reader == nullptr)
        throw Error(name + ": the cabinet cannot be read; it must be a WAV or AIFF file");
    const double seconds = static_cast<double>(reader->lengthInSamples) / reader->sampleRate;
    if (reader->numChannels > 2 || !(seconds <= ImpulseResponse::max_s))
        throw Error(name + ": an impulse response has one channel or two, and at most " +
                    std::to_string(static_cast<int>(ImpulseResponse::max_s)) + " s");
    AudioBuffer samples;
    samples.resize(static_cast<int>(reader->numChannels),
                   static_cast<int>(reader->lengthInSamples));
    float* channels[2]{};
    for (int c = 0; c < samples.channels(); ++c)
        channels[c] = samples.channel(c);
    if (!reader->read(channels, samples.channels(), 0, samples.samples()))
        throw Error(name + ": the cabinet cannot be read to its end");
    try {
        return std::make_shared<ImpulseResponse>(std::move(samples),
                                                 static_cast<int>(std::lround(reader->sampleRate)));
    } catch (const Error& error) {
        throw Error(name + ": " + error.what());
    }
}

} // namespace tonecast::plugin
