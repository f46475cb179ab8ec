// Shapes as texts, and what comes of them.

#include "engine/families/dynamics/config.h"
#include "engine/families/dynamics/load.h"
#include "engine/kernels/instruction_sets.h"
#include "tests/check.h"

#include <string>
#include <vector>

using namespace tonecast::dynamics;
using tonecast::FlatWeights;
using tonecast::Json;

namespace {

constexpr const char* small = R"({"taps": 3, "paths": 2, "reduces": "below"})";

/// `small` with something else in one place.
std::string changed(const std::string& from, const std::string& to) {
    std::string text = small;
    return text.replace(text.find(from), from.size(), to);
}

Dynamics read(const std::string& text) {
    return read_dynamics(Json::parse(text));
}

/// Of 16 weights: taps, side-chain, detector, curve, two paths.
const std::vector<float> flat{0.0F, 0.0F,  1.0F,   0.1F,  0.0F, 0.5F, -30.0F, 2.0F,
                              0.5F, 0.25F, 0.125F, 0.75F, 0.5F, 0.5F, 0.5F,   0.0F};

} // namespace

TEST(dynamics_that_are_written_read_back_the_same) {
    CHECK(write(read(small)) == small);
    CHECK(!read(small).reduces_above);
    CHECK(read(changed("below", "above")).reduces_above);
}

TEST(dynamics_that_are_none_are_refused_by_the_name_of_their_field) {
    const auto refuses = [](const std::string& from, const std::string& to,
                            const std::string& says) {
        CHECK_THROWS_WITH(read(changed(from, to)), says);
    };
    refuses("3", "0", "\"taps\" must be an integer between 1 and 512");
    refuses("3", "513", "\"taps\"");
    refuses("2", "9", "\"paths\" must be an integer between 1 and 8");
    refuses("\"paths\": 2, ", "", "\"paths\" is missing");
    refuses("below", "beside", "\"reduces\" must be one of \"above\", \"below\"");
    CHECK_THROWS_WITH(read("[]"), "dynamics network: the whole must be a JSON object");
}

TEST(dynamics_are_loaded_in_the_order_of_their_weights) {
    FlatWeights weights(flat);
    const auto network = load(Json::parse(small), weights, {});
    weights.none_left();
    CHECK(network->conditions() == 0);
    CHECK(network->prewarm_samples() == 0);
    CHECK(network->instruction_set() == tonecast::kernels::instruction_sets().back());
    CHECK_THROWS_WITH(network->make_stream(0), "at least one channel");
    const std::vector<float> fewer(flat.begin(), flat.end() - 1);
    FlatWeights too_few(fewer);
    CHECK_THROWS_WITH(load(Json::parse(small), too_few, {}), "too few weights");
}

TEST(dynamics_are_not_loaded_for_what_cannot_play_them) {
    FlatWeights weights(flat);
    CHECK_THROWS_WITH(load(Json::parse(small), weights, {.instruction_set = "mmx"}),
                      "this machine runs no kernel for \"mmx\"");
    for (const int oversampling : {-2, 0, 17})
        CHECK_THROWS_WITH(load(Json::parse(small), weights, {.oversampling = oversampling}),
                          "oversampling must be 1 to 16, not " + std::to_string(oversampling));
    CHECK(load(Json::parse(small), weights, {.oversampling = 16})->make_stream(2) != nullptr);
}
