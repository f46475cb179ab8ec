#pragma once

namespace tonecast {

/// A spectrum, or what is on its way to one: real and imaginary parts apart, so that loops over
/// them vectorise.
struct Complexes {
    float* re;
    float* im;
};

} // namespace tonecast
