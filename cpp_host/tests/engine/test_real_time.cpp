// The audio thread must never wait for the allocator or for another thread. This program stands
// between the engine and the C library, and counts every call that may make it wait.

#include "engine/chain/cabinet.h"
#include "engine/chain/mid_side.h"
#include "engine/chain/noise_gate.h"
#include "engine/chain/tone_stack.h"
#include "engine/engine.h"
#include "engine/families/autoencoder/kernel_model.h"
#include "engine/families/load_model.h"
#include "tests/chain/stage_streams.h"
#include "tests/check.h"
#include "tests/control/listeners.h"
#include "tests/engine/models/curve_models.h"
#include "tests/engine/models/delaying_models.h"
#include "tests/engine/models/keyed_models.h"
#include "tests/engine/streams.h"
#include "tests/families/autoencoder/kernel_file.h"
#include "tests/families/causal_models.h"
#include "tests/families/resonances/small_equalizer.h"

#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <limits>
#include <mutex>
#include <pthread.h>
#include <random>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace {

thread_local bool counting = false;
thread_local int allocations = 0;
thread_local int locks = 0;

void count_allocation() {
    if (counting)
        ++allocations;
}

} // namespace

extern "C" {

void* malloc(std::size_t size) {
    count_allocation();
    return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
    count_allocation();
    return __libc_calloc(count, size);
}

void* realloc(void* old, std::size_t size) {
    count_allocation();
    return __libc_realloc(old, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
    count_allocation();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void** where, std::size_t alignment, std::size_t size) {
    count_allocation();
    *where = __libc_memalign(alignment, size);
    return *where == nullptr ? ENOMEM : 0;
}

void free(void* pointer) {
    count_allocation(); // giving memory back may wait just as well
    __libc_free(pointer);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) {
    using Lock = int (*)(pthread_mutex_t*);
    static const auto real = reinterpret_cast<Lock>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
    if (counting)
        ++locks;
    return real(mutex);
}

} // extern "C"

TEST(the_counters_count) {
    std::mutex mutex;
    counting = true;
    mutex.lock();
    mutex.unlock();
    void* volatile memory = std::malloc(16);
    std::free(memory);
    auto* volatile number = new int(1);
    delete number;
    counting = false;
    CHECK(allocations == 4);
    CHECK(locks == 1);
}

namespace {

/// Plays noise in blocks of so many samples, 0 for varying ones, and then resets; expects that
/// nothing of it waits. `turn` is called after each block. Noise comes by the side-chain, too.
void expect_real_time(tonecast::Engine& engine, int channels, int block, int samples,
                      const std::function<void(int)>& turn) {
    std::mt19937 random(11);
    const auto in = streams::noise(channels, samples);
    const auto key = streams::noise(channels, samples, 2);
    auto out = in;
    std::vector<const float*> ins(in.size());
    std::vector<const float*> keys(in.size());
    std::vector<float*> outs(in.size());
    allocations = locks = 0;
    counting = true;
    for (int at = 0; at < samples;) {
        const int wanted = block > 0 ? block : static_cast<int>(random() % 2000U);
        const int n = std::min(wanted, samples - at);
        for (std::size_t c = 0; c < in.size(); ++c) {
            ins[c] = in[c].data() + at;
            keys[c] = key[c].data() + at;
            outs[c] = out[c].data() + at;
        }
        engine.process(ins.data(), outs.data(), n, keys.data());
        at += n;
        turn(at);
    }
    engine.reset();
    engine.process(ins.data(), outs.data(), 1);
    counting = false;
    CHECK(allocations == 0);
    CHECK(locks == 0);
}

} // namespace

TEST(a_sidechain_neither_allocates_nor_locks) {
    for (const auto& model : {keyed_models::in_frames(), keyed_models::in_blocks()})
        for (const int host_hz : {44100, 48000})
            for (const auto mode : {tonecast::Mode::inline_, tonecast::Mode::worker}) {
                tonecast::Engine engine(model);
                engine.prepare({host_hz, 2, 0, mode});
                engine.set_stereo(tonecast::Stereo::mid_side);
                expect_real_time(engine, 2, 0, 20000, [](int) {});
            }
}

TEST(kernels_neither_allocate_nor_lock_in_the_callback_from_the_first_frame_on) {
    using tonecast::kernels::Route;
    const auto file = random_network::file(random_network::Network(true));
    for (const Route route : {Route::direct, Route::fft}) {
        const auto model = tonecast::KernelModel::load(file, route);
        for (const int block : {16, 32, 64, 128, 256, 480, 512, 1024, 2048, 4096}) {
            tonecast::Engine engine(model);
            engine.prepare({44100, 2, 256, tonecast::Mode::inline_, block});
            expect_real_time(engine, 2, block, 3000, [](int) {});
            CHECK(engine.counters().completed_frames > 5);
        }
    }
}

TEST(the_stages_around_a_capture_neither_allocate_nor_lock_whatever_is_turned) {
    using namespace tonecast;
    const auto response = [](unsigned seed) {
        return std::make_shared<ImpulseResponse>(stage_streams::noise(2, 20000, 1.0F, seed), 48000);
    };
    for (const int channels : {1, 2, 8}) {
        NoiseGate gate;
        ToneStack tone;
        MidSide encode(MidSide::Way::encode);
        Cabinet cabinet;
        gate.prepare(48000, channels);
        tone.prepare(48000, channels);
        encode.prepare(48000);
        cabinet.prepare(48000, channels, 512);
        cabinet.load(response(1));
        AudioBuffer samples = stage_streams::noise(channels, 512, 0.1F);
        std::mt19937 random(11);
        const auto play = [&](int blocks) {
            allocations = locks = 0;
            counting = true;
            gate.jump();
            tone.jump();
            encode.jump();
            cabinet.jump();
            for (int b = 0; b < blocks; ++b) {
                gate.threshold_db.set(static_cast<float>(b / 10 % 2) * -100.0F);
                tone.bass_db.set(static_cast<float>(b / 20 % 3 - 1));
                encode.amount.set(static_cast<float>(b / 30 % 2));
                tone.follow();
                encode.follow();
                const int n = 1 + static_cast<int>(random() % 512U);
                gate.process(samples, n);
                encode.process(samples, n);
                tone.process(samples, n);
                cabinet.process(samples, n);
            }
            counting = false;
            CHECK(allocations == 0);
            CHECK(locks == 0);
        };
        play(100);
        cabinet.load(response(2)); // fades in, and the other one goes back
        play(100);
        counting = true;
        gate.reset();
        tone.reset();
        cabinet.reset();
        counting = false;
        CHECK(allocations == 0);
    }
}

TEST(captures_neither_allocate_nor_lock_whatever_is_turned) {
    const auto model = causal_models::capture();
    for (const int host_rate_hz : {44100, 48000, 96000})
        for (const int channels : {1, 2, 3})
            for (const int block : {1, 2, 3, 7, 16, 32, 64, 480, 1024, 0}) {
                tonecast::Engine engine(model);
                engine.load_cabinet(std::make_shared<tonecast::ImpulseResponse>(
                    stage_streams::noise(2, 2000, 1.0F), host_rate_hz));
                engine.prepare({host_rate_hz, channels});
                expect_real_time(engine, channels, block, 9000, [&](int at) {
                    engine.gate_db().set(at % 2 == 0 ? -60.0F : -100.0F);
                    engine.treble_db().set(static_cast<float>(at % 12));
                    engine.set_stereo(at % 3 == 0 ? tonecast::Stereo::mid_side
                                                  : tonecast::Stereo::dual);
                    for (std::size_t i = 0; i < model->contract().controls.size(); ++i)
                        engine.control(i).set(
                            static_cast<float>((at / 1000 + static_cast<int>(i)) % 2));
                });
            }
}

TEST(dynamics_neither_allocate_nor_lock) {
    const auto model = causal_models::alone(causal_models::random_compressor());
    for (const int channels : {1, 2, 8})
        for (const int block : {1, 64, 1024, 0}) {
            tonecast::Engine engine(model);
            engine.prepare({48000, channels});
            expect_real_time(engine, channels, block, 9000, [](int) {});
        }
}

TEST(models_with_a_delay_neither_allocate_nor_lock_faults_included) {
    const auto contract = delaying_models::contract(37);
    const std::vector<std::shared_ptr<const tonecast::Model>> models{
        delaying_models::model(contract),
        std::make_shared<delaying_models::InBlocks>(contract),
    };
    for (const auto& model : models)
        for (const int block : {1, 64, 480, 0}) {
            tonecast::Engine engine(model);
            engine.prepare({44100, 2});
            expect_real_time(engine, 2, block, 9000, [&](int at) {
                const bool loud = at % 3 == 0; // more than the model bears, now and then
                engine.input_gain_db().set(loud ? 40.0F : 0.0F);
            });
            CHECK(engine.counters().bad_frames > 0);
        }
}

TEST(filters_neither_allocate_nor_lock_faults_included) {
    const auto curves = [](int k, std::span<const float> frame, std::span<float> curve,
                           float& state) {
        curve_models::draw_sound(k, frame, curve, state);
        if (k % 5 == 0)
            curve[0] = 80.0F;
        if (k % 7 == 3)
            curve[1] = std::numeric_limits<float>::quiet_NaN();
        return true;
    };
    for (const auto mode : {tonecast::Mode::inline_, tonecast::Mode::worker})
        for (const int host_rate_hz : {44100, 48000, 96000})
            for (const int channels : {1, 2, 8})
                for (const int block : {1, 64, 480, 0}) {
                    const auto engine =
                        curve_models::engine(curves, {host_rate_hz, channels, 0, mode});
                    expect_real_time(*engine, channels, block, 9000, [&](int at) {
                        engine->mix().set(static_cast<float>(at % 2));
                    });
                    CHECK(mode == tonecast::Mode::worker || engine->counters().bad_frames > 0);
                }
}

TEST(the_resonance_equalizer_neither_allocates_nor_locks_whatever_is_turned) {
    const auto model = tonecast::load_model(small_equalizer::file());
    for (const auto mode : {tonecast::Mode::inline_, tonecast::Mode::worker})
        for (const int channels : {1, 2, 8})
            for (const int block : {64, 480, 0}) {
                tonecast::Engine engine(model);
                engine.prepare({48000, channels, 0, mode});
                std::mt19937 random(3);
                const auto& controls = engine.contract().controls;
                expect_real_time(engine, channels, block, 9000, [&](int) {
                    const std::size_t which = random() % controls.size();
                    const float share = static_cast<float>(random()) / 4294967296.0F;
                    const auto& [low, high] =
                        std::pair(controls[which].minimum, controls[which].maximum);
                    engine.control(which).set(low + share * share * share * (high - low));
                });
            }
}

TEST(process_and_reset_neither_allocate_nor_lock_from_the_first_block_on) {
    for (const int host_rate_hz : {16000, 22050, 44100, 48000, 88200, 96000, 192000}) {
        for (const int channels : {1, 2, 3, 8}) {
            for (const int block : {1, 16, 64, 480, 512, 1024, 4096, 8192, 0}) {
                const auto engine = streams::identity_engine({host_rate_hz, channels});
                expect_real_time(*engine, channels, block, 9000, [&](int at) {
                    engine->mix().set(static_cast<float>(at % 2));
                    engine->bypass().set(static_cast<float>(at % 3 == 0));
                });
            }
        }
    }
}

TEST(process_neither_allocates_nor_locks_where_a_predictor_moves_a_control) {
    using namespace listeners;
    for (const auto mode : {tonecast::Mode::inline_, tonecast::Mode::worker}) {
        for (const int host_rate_hz : {8000, 44100, 48000, 192000}) {
            for (const int channels : {1, 2, 8}) {
                for (const int block : {1, 64, 480, 4096, 0}) {
                    const auto listener = std::make_shared<Listener>(
                        predictor_contract(22050, 2205, 0.05, 0.5), loudness);
                    const auto engine =
                        gauge_engine({host_rate_hz, channels, 0, mode}, listener, 44100, 512);
                    const int samples = host_rate_hz / 4 + 4000;
                    expect_real_time(*engine, channels, block, samples, [&](int at) {
                        engine->set_automatic(0, at % 7 != 0);
                        engine->control(0).set(static_cast<float>(at % 2));
                    });
                    CHECK(engine->counters().predictions > 0);
                }
            }
        }
    }
}
