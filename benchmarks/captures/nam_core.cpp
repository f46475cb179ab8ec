// Plays a `.nam` file in NeuralAmpModelerCore, to be compared with. Built by nam_core.py against a
// checkout of it.
//
//     nam_core FILE exact|fast SIZE BLOCK IN.f32 OUT.f32 TIMES.f64
//
// SIZE is -1 or that of a slimmable model. All blocks of the input are played; a part of a block at
// its end is left out. TIMES are µs for each block.

#include "NAM/activations.h"
#include "NAM/dsp.h"
#include "NAM/get_dsp.h"
#include "NAM/slimmable.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace {

template <typename T>
void write(const char* path, const std::vector<T>& values) {
    std::FILE* const file = std::fopen(path, "wb");
    if (file == nullptr ||
        std::fwrite(values.data(), sizeof(T), values.size(), file) != values.size())
        std::exit(3);
    std::fclose(file);
}

std::vector<float> read(const char* path) {
    std::vector<float> values(std::filesystem::file_size(path) / sizeof(float));
    std::FILE* const file = std::fopen(path, "rb");
    if (file == nullptr ||
        std::fread(values.data(), sizeof(float), values.size(), file) != values.size())
        std::exit(3);
    std::fclose(file);
    return values;
}

} // namespace

int main(int count, char** arguments) {
    if (count != 8)
        return 2;
    const bool fast = std::string(arguments[2]) == "fast";
    if (fast)
        nam::activations::Activation::enable_fast_tanh();
    else
        nam::activations::Activation::disable_fast_tanh();
    const auto model = nam::get_dsp(std::filesystem::path(arguments[1]));
    const double size = std::atof(arguments[3]);
    if (auto* const slimmable = dynamic_cast<nam::SlimmableModel*>(model.get());
        slimmable && size >= 0)
        slimmable->SetSlimmableSize(size);
    const int block = std::atoi(arguments[4]);
    const std::vector<float> sound = read(arguments[5]);
    model->Reset(model->GetExpectedSampleRate() > 0 ? model->GetExpectedSampleRate() : 48000.0,
                 block);

    std::vector<NAM_SAMPLE> in(static_cast<std::size_t>(block));
    std::vector<NAM_SAMPLE> out(in.size());
    NAM_SAMPLE* ins[] = {in.data()};
    NAM_SAMPLE* outs[] = {out.data()};
    std::vector<float> played;
    std::vector<double> took_us;
    for (std::size_t at = 0; at + in.size() <= sound.size(); at += in.size()) {
        for (std::size_t i = 0; i < in.size(); ++i)
            in[i] = sound[at + i];
        const auto start = std::chrono::steady_clock::now();
        model->process(ins, outs, block);
        took_us.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
                .count());
        played.insert(played.end(), out.begin(), out.end());
    }
    write(arguments[6], played);
    write(arguments[7], took_us);
}
