#include "engine/captures/reading.h"
#include "engine/captures/recurrent_formats.h"
#include "engine/effect_file/utf8.h"
#include "engine/families/recurrent/config.h"
#include "engine/signal/control_value.h"

#include <array>
#include <cstddef>
#include <span>

namespace tonecast::captures {

namespace {

using namespace recurrent;

constexpr int prewarm_samples = 2048; // as AIDA-X

/// A matrix of a layer, [rows, columns].
struct Matrix {
    std::vector<float> values;
    std::size_t rows;
    std::size_t columns;

    float at(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
};

Matrix matrix(const Json& json, int rows, int columns, const std::string& what) {
    Matrix read{numbers(json, what), static_cast<std::size_t>(rows),
                static_cast<std::size_t>(columns)};
    const Json::Array* outer = json.array();
    if (read.values.size() != read.rows * read.columns ||
        (rows > 1 && (outer == nullptr || outer->size() != read.rows)))
        throw Error("capture: " + what + " must be [" + std::to_string(rows) + ", " +
                    std::to_string(columns) + "], as the layer's \"shape\" says");
    return read;
}

/// The columns of a Keras kernel become rows, its gates in PyTorch's order.
void append_gates(const Matrix& kernel, int cells, std::span<const int> order,
                  std::vector<float>& all) {
    for (const int gate : order)
        for (int cell = 0; cell < cells; ++cell)
            for (std::size_t row = 0; row < kernel.rows; ++row)
                all.push_back(kernel.at(row, static_cast<std::size_t>(gate * cells + cell)));
}

class LayerReader {
public:
    LayerReader(const Json& json, std::size_t index, int inputs)
        : fields_(json, "layer " + std::to_string(index + 1)), inputs_(inputs) {}

    /// Appends its weights.
    Layer read(std::vector<float>& all) {
        const std::string& type = fields_.text("type");
        const Json::Array& shape = fields_.array("shape");
        const double* last = shape.empty() ? nullptr : shape.back().number();
        if (last == nullptr || *last < 1 || *last > max_size || *last != static_cast<int>(*last))
            fields_.fail(fields_.shown("shape") + " must end with the layer's size");
        outputs_ = static_cast<int>(*last);
        if (type == "dense" || type == "time-distributed-dense")
            return dense(all);
        if (type == "lstm")
            return lstm(all);
        if (type == "gru")
            return gru(all);
        fields_.fail(fields_.shown("type") + " is \"" + printable(type) +
                     "\", which cannot be played; there is dense, lstm and gru");
    }

private:
    const Json& weight(std::size_t index) const {
        const Json::Array& weights = fields_.array("weights");
        if (index >= weights.size())
            fields_.fail(fields_.shown("weights") + " has " + std::to_string(weights.size()) +
                         " entries, which are too few");
        return weights[index];
    }
    Matrix part(std::size_t index, int rows, int columns) const {
        return matrix(weight(index), rows, columns,
                      fields_.shown("weights") + " " + std::to_string(index + 1));
    }

    Layer dense(std::vector<float>& all) const {
        const Matrix kernel = part(0, inputs_, outputs_);
        append_gates(kernel, outputs_, std::array{0}, all);
        const bool has_bias = fields_.array("weights").size() > 1;
        const std::vector<float> bias =
            has_bias ? part(1, 1, outputs_).values
                     : std::vector<float>(static_cast<std::size_t>(outputs_));
        all.insert(all.end(), bias.begin(), bias.end());
        const std::string activation = fields_.has("activation") ? fields_.text("activation") : "";
        for (const auto& [name, curve] : {std::pair{"", Curve::none},
                                          {"tanh", Curve::tanh},
                                          {"relu", Curve::relu},
                                          {"sigmoid", Curve::sigmoid},
                                          {"elu", Curve::elu}})
            if (activation == name)
                return {Kind::dense, inputs_, outputs_, curve};
        fields_.fail(fields_.shown("activation") + " is \"" + printable(activation) +
                     "\", which cannot be played; there is tanh, relu, sigmoid and elu");
    }

    // The "activation" of the two below names the function that they have anyway.

    Layer lstm(std::vector<float>& all) const {
        constexpr std::array order{0, 1, 2, 3}; // i, f, c, o are PyTorch's i, f, g, o
        const auto gates = static_cast<std::size_t>(4 * outputs_);
        append_gates(part(0, inputs_, 4 * outputs_), outputs_, order, all);
        append_gates(part(1, outputs_, 4 * outputs_), outputs_, order, all);
        append_gates(part(2, 1, 4 * outputs_), outputs_, order, all);
        // The other bias, hidden and cell state.
        all.resize(all.size() + gates + 2 * static_cast<std::size_t>(outputs_));
        return {Kind::lstm, inputs_, outputs_};
    }

    Layer gru(std::vector<float>& all) const {
        constexpr std::array order{1, 0, 2}; // z, r, h: PyTorch has r, z, n
        append_gates(part(0, inputs_, 3 * outputs_), outputs_, order, all);
        append_gates(part(1, outputs_, 3 * outputs_), outputs_, order, all);
        const Matrix bias = part(2, 2, 3 * outputs_);
        for (const std::size_t row : {0U, 1U}) {
            const auto first =
                bias.values.begin() + static_cast<std::ptrdiff_t>(row * bias.columns);
            const Matrix one{
                {first, first + static_cast<std::ptrdiff_t>(bias.columns)}, 1, bias.columns};
            append_gates(one, outputs_, order, all);
        }
        all.resize(all.size() + static_cast<std::size_t>(outputs_)); // hidden state
        // PyTorch's state is z · h + (1 − z) · n, as Keras' is.
        return {Kind::gru, inputs_, outputs_};
    }

    Fields fields_;
    int inputs_;
    int outputs_ = 1;
};

float gain(const Fields& fields, std::string_view name) {
    if (!fields.has(name) || fields.required(name).number() == nullptr)
        return 1.0F;
    return db_to_linear(static_cast<float>(fields.number(name, -200.0, 200.0)));
}

/// At the top, or a text in the metadata.
int sample_rate(const Fields& fields) {
    const Json* rate = fields.optional("samplerate");
    if (rate == nullptr && fields.has("metadata"))
        rate = fields.required("metadata").find("samplerate");
    if (rate == nullptr || rate->is_null())
        return 48000;
    const Json number = rate->string() != nullptr ? Json::parse(*rate->string()) : *rate;
    const double rate_hz = number.number() != nullptr ? *number.number() : 0.0;
    if (!(rate_hz >= 8000.0 && rate_hz <= 384000.0) || rate_hz != static_cast<int>(rate_hz))
        fields.fail("\"samplerate\" must be between 8000 and 384000 Hz");
    return static_cast<int>(rate_hz);
}

} // namespace

KerasFile read_keras(const Json& document) {
    const Fields fields(document, "");
    int inputs = 1;
    if (fields.has("in_shape")) {
        const Json::Array& shape = fields.array("in_shape");
        const double* last = shape.empty() ? nullptr : shape.back().number();
        if (last == nullptr || !(*last >= 1 && *last <= 3) || *last != static_cast<int>(*last))
            fields.fail("\"in_shape\" must end with 1 to 3 inputs: the sound, and two knobs");
        inputs = static_cast<int>(*last);
    }
    Recurrent network{
        {}, false, gain(fields, "in_gain"), gain(fields, "out_gain"), prewarm_samples};
    network.skip = fields.has("in_skip") && fields.integer("in_skip", 0, 1) == 1;
    KerasFile file;
    const Json::Array& layers = fields.array("layers");
    if (layers.empty())
        fields.fail("\"layers\" is empty");
    for (std::size_t i = 0; i < layers.size(); ++i) {
        network.layers.push_back(LayerReader(layers[i], i, inputs).read(file.network.weights));
        inputs = network.layers.back().output_size;
    }
    file.network.architecture = "recurrent";
    file.network.network = write(network);
    file.sample_rate_hz = sample_rate(fields);
    return file;
}

} // namespace tonecast::captures
