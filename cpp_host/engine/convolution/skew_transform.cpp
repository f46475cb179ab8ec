#include "engine/convolution/skew_transform.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace tonecast {

namespace {

constexpr double pi = std::numbers::pi;

// e^(iπq / 8): the weights of the quarters of a block, but for what they share.
constexpr float cos_1 = 0.92387953251128676F;
constexpr float sin_1 = 0.38268343236508977F;
constexpr float root_half = 0.70710678118654752F;

} // namespace

SkewTransform::SkewTransform(int size)
    : size_(size), middle_passes_(std::bit_width(static_cast<unsigned>(size)) - 3) {
    assert(size >= min_size && std::has_single_bit(static_cast<unsigned>(size)));
    for (int j = 0; j < size / 4; ++j)
        for (int s = 0; s < 4; ++s) {
            const double angle = pi * j * (0.5 + 2.0 * s) / size;
            first_re_.push_back(static_cast<float>(std::cos(angle)));
            first_im_.push_back(static_cast<float>(std::sin(angle)));
        }
    middle_re_.assign(4, 0.0F);
    middle_im_.assign(4, 0.0F);
    for (int span = 4; span < size; span *= 2)
        for (int i = 0; i < span; ++i) {
            const double angle = pi * (i / 4) / (span / 4);
            middle_re_.push_back(static_cast<float>(std::cos(angle)));
            middle_im_.push_back(static_cast<float>(std::sin(angle)));
        }
}

void SkewTransform::forward_first(const float* first_half, const float* second_half, int j,
                                  int count, Complexes z) const noexcept {
    const int quarter = size_ / 4;
    for (int end = j + count; j < end; ++j) {
        const float a_re = first_half[j];
        const float a_im = second_half[j];
        const float p_re = first_half[j + quarter];
        const float p_im = second_half[j + quarter];
        const float q_re = first_half[j + 2 * quarter];
        const float q_im = second_half[j + 2 * quarter];
        const float r_re = first_half[j + 3 * quarter];
        const float r_im = second_half[j + 3 * quarter];
        const float b_re = p_re * cos_1 - p_im * sin_1;
        const float b_im = p_re * sin_1 + p_im * cos_1;
        const float c_re = (q_re - q_im) * root_half;
        const float c_im = (q_re + q_im) * root_half;
        const float d_re = r_re * sin_1 - r_im * cos_1;
        const float d_im = r_re * cos_1 + r_im * sin_1;

        const float ac_re = a_re + c_re;
        const float ac_im = a_im + c_im;
        const float bd_re = b_re + d_re;
        const float bd_im = b_im + d_im;
        const float less_re = a_re - c_re;
        const float less_im = a_im - c_im;
        const float turned_re = d_im - b_im; // i (b − d)
        const float turned_im = b_re - d_re;
        const float sums_re[4] = {ac_re + bd_re, less_re + turned_re, ac_re - bd_re,
                                  less_re - turned_re};
        const float sums_im[4] = {ac_im + bd_im, less_im + turned_im, ac_im - bd_im,
                                  less_im - turned_im};
        const float* const w_re = first_re_.data() + std::ptrdiff_t{4} * j;
        const float* const w_im = first_im_.data() + std::ptrdiff_t{4} * j;
        float* const to_re = z.re + std::ptrdiff_t{4} * j;
        float* const to_im = z.im + std::ptrdiff_t{4} * j;
        for (int s = 0; s < 4; ++s) {
            to_re[s] = sums_re[s] * w_re[s] - sums_im[s] * w_im[s];
            to_im[s] = sums_re[s] * w_im[s] + sums_im[s] * w_re[s];
        }
    }
}

void SkewTransform::inverse_last(Complexes z, int j, int count, float* second_half) const noexcept {
    const int quarter = size_ / 4;
    for (int end = j + count; j < end; ++j) {
        const float* const w_re = first_re_.data() + std::ptrdiff_t{4} * j;
        const float* const w_im = first_im_.data() + std::ptrdiff_t{4} * j;
        const float* const from_re = z.re + std::ptrdiff_t{4} * j;
        const float* const from_im = z.im + std::ptrdiff_t{4} * j;
        float re[4];
        float im[4];
        for (int s = 0; s < 4; ++s) {
            re[s] = from_re[s] * w_re[s] + from_im[s] * w_im[s];
            im[s] = from_im[s] * w_re[s] - from_re[s] * w_im[s];
        }
        const float even_re = re[0] + re[2];
        const float even_im = im[0] + im[2];
        const float less_re = re[0] - re[2];
        const float less_im = im[0] - im[2];
        const float odd_re = re[1] + re[3];
        const float odd_im = im[1] + im[3];
        const float turned_re = im[1] - im[3]; // −i (z1 − z3)
        const float turned_im = re[3] - re[1];
        second_half[j] = even_im + odd_im;
        second_half[j + quarter] = (less_im + turned_im) * cos_1 - (less_re + turned_re) * sin_1;
        second_half[j + 2 * quarter] = ((even_im - odd_im) - (even_re - odd_re)) * root_half;
        second_half[j + 3 * quarter] =
            (less_im - turned_im) * sin_1 - (less_re - turned_re) * cos_1;
    }
}

void SkewTransform::forward_middle(int pass, int butterfly, int count, Complexes z) const noexcept {
    const int span = size_ >> (pass + 1);
    while (count > 0) {
        const int in_group = butterfly & (span - 1);
        const int run = std::min(span - in_group, count);
        const int at = 2 * (butterfly - in_group) + in_group;
        float* __restrict const a_re = z.re + at;
        float* __restrict const a_im = z.im + at;
        float* __restrict const b_re = a_re + span;
        float* __restrict const b_im = a_im + span;
        const float* const w_re = middle_re_.data() + span + in_group;
        const float* const w_im = middle_im_.data() + span + in_group;
        for (int i = 0; i < run; ++i) {
            const float less_re = a_re[i] - b_re[i];
            const float less_im = a_im[i] - b_im[i];
            a_re[i] += b_re[i];
            a_im[i] += b_im[i];
            b_re[i] = less_re * w_re[i] - less_im * w_im[i];
            b_im[i] = less_re * w_im[i] + less_im * w_re[i];
        }
        butterfly += run;
        count -= run;
    }
}

void SkewTransform::inverse_middle(int pass, int butterfly, int count, Complexes z) const noexcept {
    const int span = 4 << pass;
    while (count > 0) {
        const int in_group = butterfly & (span - 1);
        const int run = std::min(span - in_group, count);
        const int at = 2 * (butterfly - in_group) + in_group;
        float* __restrict const a_re = z.re + at;
        float* __restrict const a_im = z.im + at;
        float* __restrict const b_re = a_re + span;
        float* __restrict const b_im = a_im + span;
        const float* const w_re = middle_re_.data() + span + in_group;
        const float* const w_im = middle_im_.data() + span + in_group;
        for (int i = 0; i < run; ++i) {
            const float turned_re = b_re[i] * w_re[i] + b_im[i] * w_im[i];
            const float turned_im = b_im[i] * w_re[i] - b_re[i] * w_im[i];
            b_re[i] = a_re[i] - turned_re;
            b_im[i] = a_im[i] - turned_im;
            a_re[i] += turned_re;
            a_im[i] += turned_im;
        }
        butterfly += run;
        count -= run;
    }
}

void SkewTransform::forward(const float* first_half, const float* second_half,
                            Complexes z) const noexcept {
    forward_first(first_half, second_half, 0, size_ / 4, z);
    for (int pass = 0; pass < middle_passes_; ++pass)
        forward_middle(pass, 0, size_ / 2, z);
}

} // namespace tonecast
