// Kernels as models of the engine: the same bits whatever is around them, and clear refusals.

#include "engine/engine.h"
#include "engine/families/autoencoder/kernel_model.h"
#include "engine/families/load_model.h"
#include "engine/families/registry.h"
#include "tests/check.h"
#include "tests/engine/streams.h"
#include "tests/families/autoencoder/kernel_file.h"

#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace streams;
using random_network::Network;
using tonecast::Engine;
using tonecast::KernelModel;
using tonecast::Mode;
using tonecast::kernels::Route;

namespace {

std::string changed(std::string text, std::string_view before, std::string_view after) {
    return text.replace(text.find(before), before.size(), after);
}

Signal play_all(const std::shared_ptr<const KernelModel>& model, const Signal& in,
                const std::function<int()>& next_block, Mode mode = Mode::inline_) {
    Engine engine(model);
    engine.prepare({48000, static_cast<int>(in.size()), 256, mode, 4096});
    return play(engine, in, next_block);
}

} // namespace

TEST(blocks_and_other_streams_change_no_bit) {
    for (const Route route : {Route::direct, Route::fft}) {
        const auto model = KernelModel::load(random_network::file(Network(false)), route);
        const Signal in = noise(2, 6000);
        const Signal whole = play_all(model, in, [] { return 6000; });
        for (const int block : {1, 64, 255, 256, 1024})
            CHECK(play_all(model, in, [&] { return block; }) == whole);

        // Several streams of one model at once, as in a session with many tracks.
        std::vector<Signal> found(3);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < found.size(); ++i)
            threads.emplace_back([&, i] {
                std::mt19937 random(static_cast<unsigned>(i));
                found[i] = play_all(model, in, [&] { return static_cast<int>(random() % 700U); });
            });
        for (std::thread& thread : threads)
            thread.join();
        for (const Signal& signal : found)
            CHECK(signal == whole);
    }
}

TEST(the_model_says_what_plays_it) {
    const auto file = random_network::file(Network(true));
    CHECK(tonecast::kernel_obstacle(file.contract).empty());
    const auto exact = KernelModel::load(file, Route::direct);
    CHECK(exact->played_by().backend == "kernel-exact");
    CHECK(exact->is_real_time_safe());
    CHECK(KernelModel::load(file, Route::fft)->played_by().backend == "kernel-fast");
    CHECK_THROWS_WITH(KernelModel::load(file, Route::fft, "mmx"),
                      "random.onnx: this machine runs no kernel for \"mmx\"");
}

TEST(other_effects_are_left_to_onnx_runtime) {
    const Network network(false);
    const std::string cae = random_network::contract(false);
    const auto refused = [&](const std::string& contract, const char* why) {
        const auto file = random_network::file(network, contract);
        CHECK(!tonecast::kernel_obstacle(file.contract).empty());
        const tonecast::LoadSettings by_kernel{.backend = tonecast::Backend::kernel_fast};
        CHECK_THROWS_WITH(tonecast::load_model(file, by_kernel), why);
    };
    refused(changed(cae, "\"cae\"", "\"drn\""),
            "architectures cae, cafx, convnet, dynamics, linear, recurrent, resonances, wavenet, "
            "and its contract names none; play it with");
    refused(changed(cae, "\"filters\": 128", "\"filters\": 64"), "the papers' sizes alone");
    refused(changed(cae, "\"pool\": 16", "\"poll\": 16"), "the papers' sizes alone");
}

TEST(a_file_without_the_weights_that_it_promises_is_refused) {
    const auto file = random_network::file(Network(false), random_network::contract(true));
    CHECK_THROWS_WITH(
        KernelModel::load(file, Route::fft),
        "random.onnx: its graph has no weights \"waveshaping.weights.0\" of the shape");
    Network network(false);
    network.local.resize(network.local.size() - 64);
    auto short_file = [&] { return random_network::file(network); };
    CHECK_THROWS_WITH(short_file(), "tensor \"local\" is larger than its data");
}
