#include "engine/effect_file/graph_check/rules/rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace tonecast::rules {

namespace {

double elements(const TensorShape& shape) {
    return static_cast<double>(element_count(shape));
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

} // namespace

void mat_mul(NodeCheck& node) {
    TensorShape a = node.shape(0);
    TensorShape b = node.shape(1);
    node.require(!a.empty() && !b.empty(), "its inputs must not be scalars");
    const bool row = a.size() == 1;
    const bool column = b.size() == 1;
    if (row)
        a.insert(a.begin(), 1);
    if (column)
        b.push_back(1);
    node.require(a.back() == b[b.size() - 2], "its inputs have shapes that do not fit each other");
    TensorShape shape = broadcast({a.begin(), a.end() - 2}, {b.begin(), b.end() - 2});
    // Integers are multiplied one by one, and small matrices take their time, too.
    const double each = node.input(0).type == ElementType::float32 ? 1.0 : 16.0;
    node.cost(2048.0 * elements(shape));
    if (!row)
        shape.push_back(a[a.size() - 2]);
    if (!column)
        shape.push_back(b.back());
    node.cost(each * elements(shape) * static_cast<double>(a.back()));
    node.set(0, std::move(shape));
}

void gemm(NodeCheck& node) {
    node.require(node.rank(0) == 2 && node.rank(1) == 2, "its inputs A and B must be matrices");
    const bool a_turned = node.integer("transA", 0) == 1;
    const bool b_turned = node.integer("transB", 0) == 1;
    const TensorShape& a = node.shape(0);
    const TensorShape& b = node.shape(1);
    const std::int64_t inner = a[a_turned ? 0 : 1];
    node.require(inner == b[b_turned ? 1 : 0], "its inputs A and B do not fit each other");
    TensorShape shape{a[a_turned ? 1 : 0], b[b_turned ? 0 : 1]};
    node.require(!node.has(2) || broadcasts_to(node.shape(2), shape),
                 "its input C does not fit the product");
    node.cost(elements(shape) * static_cast<double>(inner + 16));
    node.set(0, std::move(shape));
}

void einsum(NodeCheck& node) {
    // "ij,jk->ik": a letter for each axis, none twice in a term, and the result written out.
    const std::string_view equation = node.text("equation", "");
    std::array<std::int64_t, 256> sizes{}; // by letter
    std::vector<std::string> terms(1);
    std::optional<std::size_t> inputs; // before the arrow
    for (std::size_t i = 0; i < equation.size(); ++i) {
        const char c = equation[i];
        if (c == ' ')
            continue;
        if (c == ',' && !inputs) {
            terms.emplace_back();
        } else if (equation.substr(i, 2) == "->" && !inputs) {
            inputs = terms.size();
            terms.emplace_back();
            ++i;
        } else {
            node.require(is_letter(c), "its equation has something else than letters");
            node.require(terms.back().find(c) == std::string::npos,
                         "its equation names an axis twice in a term");
            terms.back() += c;
        }
    }
    node.require(inputs == node.inputs() && *inputs <= 2,
                 "its equation must have one or two terms, an input for each, and \"->\"");
    double work = 1.0;
    for (std::size_t i = 0; i < node.inputs(); ++i) {
        node.require(terms[i].size() == node.shape(i).size(),
                     "its equation does not fit the ranks of its inputs");
        for (std::size_t j = 0; j < terms[i].size(); ++j) {
            std::int64_t& size = sizes[static_cast<unsigned char>(terms[i][j])];
            node.require(size == 0 || size == node.shape(i)[j],
                         "its equation gives one letter to axes of two sizes");
            if (size == 0)
                work *= static_cast<double>(node.shape(i)[j]);
            size = node.shape(i)[j];
        }
    }
    TensorShape shape;
    for (const char c : terms.back()) {
        node.require(sizes[static_cast<unsigned char>(c)] != 0,
                     "its equation makes an axis that no input has");
        shape.push_back(sizes[static_cast<unsigned char>(c)]);
    }
    // It permutes both inputs and the product.
    const double copied =
        elements(node.shape(0)) + elements(node.shape(node.inputs() - 1)) + elements(shape);
    node.cost(16.0 * work + 128.0 * copied, 8.0 * copied);
    node.set(0, std::move(shape));
}

void dft(NodeCheck& node) {
    const std::int64_t rank = node.rank(0);
    node.require(rank >= 2, "its input must have at least two axes");
    TensorShape shape = node.shape(0);
    node.require(shape.back() <= 2, "its input's last axis must hold one or two numbers, the real "
                                    "and the imaginary part");
    node.require(!node.has(2) || node.rank(2) == 0, "its input axis must be a scalar");
    const std::size_t axis = node.axis(node.has(2) ? node.value(2) : -2, rank);
    node.require(axis + 1 < shape.size(), "it transforms real and imaginary part into each other");
    std::int64_t length = shape[axis];
    if (node.has(1)) {
        node.require(node.rank(1) == 0, "its input dft_length must be a scalar");
        length = node.value(1);
        node.require(length >= 1 && length <= (1 << 20), "its input dft_length is absurd");
    }
    const bool one_sided = node.integer("onesided", 0) == 1;
    node.require(!one_sided || (shape.back() == 1 && node.integer("inverse", 0) == 0),
                 "only the transform of real numbers can be one-sided");
    const double transforms = elements(shape) / static_cast<double>(shape[axis] * shape.back());
    // Lengths other than powers of two go through convolutions, which long ones take out of the
    // cache.
    const auto n = static_cast<double>(length);
    const bool is_power = (length & (length - 1)) == 0;
    const double each = is_power ? 64.0 : length < (1 << 15) ? 256.0 : 2048.0;
    node.cost(transforms * each * n * (1.0 + std::log2(n)), 64.0 * n);
    shape[axis] = one_sided ? length / 2 + 1 : length;
    shape.back() = 2;
    node.set(0, std::move(shape));
}

} // namespace tonecast::rules
