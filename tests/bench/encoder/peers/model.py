"""A sentence-transformers folder as an int8 ONNX model, laid out and quantised as transformers.js' models are."""
import logging, shutil, sys, warnings

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModel

from engines import OnnxRuntime

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
OUTPUT = "last_hidden_state"
OPSET = 17
LEAST_COSINE = 0.98
PROBES = [
    "how do I keep a biped from falling over",
    "A humanoid stays upright as long as its zero moment point lies inside the support polygon.",
    "createRclcppNode(std::vector<int>{1, 2, 3});",
]


def export(folder, out, pytorch):
    """Writes the model into `out` unless it is there; fails when it is not close to `pytorch`."""
    quantised = out / "onnx/model_quantized.onnx"
    if quantised.exists():
        return
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy(folder / name, out / name)
    whole, partial = out / "model.onnx", out / "model_quantized.part"
    trace(AutoModel.from_pretrained(folder, attn_implementation="eager"), whole)
    logging.getLogger().setLevel(logging.ERROR)
    # One scale a row of weights: with one for a whole matrix the cosine is .94.
    options = {"MatMulConstBOnly": True}
    quantize_dynamic(whole, partial, per_channel=True, weight_type=QuantType.QInt8, extra_options=options)
    whole.unlink()
    partial.rename(quantised)
    cosines = (OnnxRuntime(out, 1).encode(PROBES, 1) * pytorch.encode(PROBES, 1)).sum(1)
    if cosines.min() < LEAST_COSINE:
        quantised.unlink()
        sys.exit(f"the quantised model is not the model: cosine {cosines.min():.3f}")


def trace(model, file):
    model = Hidden(model).eval()
    ids = torch.ones(2, 9, dtype=torch.long)
    axes = {name: {0: "batch", 1: "sequence"} for name in [*INPUTS, OUTPUT]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, (ids, ids, ids * 0), str(file), input_names=INPUTS, output_names=[OUTPUT],
            dynamic_axes=axes, opset_version=OPSET, dynamo=False,
        )


class Hidden(torch.nn.Module):
    """The token vectors alone, from inputs in the order of `INPUTS`."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, *inputs):
        return self.model(**dict(zip(INPUTS, inputs))).last_hidden_state
