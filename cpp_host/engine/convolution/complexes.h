#pragma once

namespace tonecast {

/// A spectrum, or what is on its way to one: real and imaginary parts apart, so that loops over
/// them vectorise.
template <typename Part>
struct BasicComplexes {
    Part* re;
    Part* im;
};
using Complexes = BasicComplexes<float>;

} // namespace tonecast
