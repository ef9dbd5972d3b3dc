#!/usr/bin/env python3
"""Makes the golden token ids and vectors of all-MiniLM-L6-v2, independently of Lectern.

The forward pass below is written with NumPy in float32 from the paper (Devlin et al. 2019), token
ids come from Python's `tokenizers`. Nothing of Lectern takes part.

    pip install numpy tokenizers
    tests/golden/make.py MODEL_FOLDER     # a sentence-transformers folder

Writes, beside itself: `sentences.jsonl` (1,000 sentences of the demonstration book and some that
are hard on tokenizers, each with its ids) and `vectors.f16` (a row of 384 float16 for each).
"""
import json, pathlib, random, re, struct, sys

import numpy as np
from tokenizers import Tokenizer

HERE = pathlib.Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "www/site/docs"
HARD = [
    "a", "Zürich café naïve coöperate", "ROS 2 — “quotes”, dashes – and… ellipses", "你好 world 機器人學",
    "createRclcppNode(std::vector<int>{1, 2, 3});", "x = σ(Wx + b) ≤ π/2", "مرحبا بالروبوت", "روبوٹ کیسے چلتا ہے؟",
    "emoji 🤖 and a ​zero width space", "supercalifragilisticexpialidocious" * 4, "1,234.56 m/s² at 37 °C",
    "[CLS] is text here, and so is [SEP]", "ﬁne ligatures ＦＵＬＬ ｗｉｄｔｈ", "tabs\tand\nnew lines", "ı İ ß ẞ Ǆ",
]


def sentences():
    found = []
    for path in sorted(DOCS.rglob("*.md*")):
        text = re.sub(r"^---.*?^---", "", path.read_text("utf-8"), flags=re.S | re.M)
        text = re.sub(r"```.*?```|\$\$.*?\$\$", "", text, flags=re.S)
        for line in text.splitlines():
            if line.startswith(("#", "|", ":::", "import", "<", "!")):
                continue
            line = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line).replace("**", "").replace("`", "")
            found += [s.strip() for s in re.split(r"(?<=[.?!]) ", line) if len(s.split()) > 4]
    random.Random(1).shuffle(found)
    return found[: 1000 - len(HARD)] + HARD


def load(folder):
    raw = (folder / "model.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    header, data = json.loads(raw[8 : 8 + size]), raw[8 + size :]
    kinds = {"F32": np.float32, "I64": np.int64}
    return {
        name: np.frombuffer(data[t["data_offsets"][0] : t["data_offsets"][1]], kinds[t["dtype"]]).reshape(t["shape"])
        for name, t in header.items()
        if name != "__metadata__"
    }


def erf(x):
    # The series and continued fraction are not needed: NumPy has no erf, `math` has an exact one.
    import math

    return np.vectorize(math.erf, otypes=[np.float32])(x)


def forward(w, config, ids):
    heads, eps = config["num_attention_heads"], config["layer_norm_eps"]

    def norm(x, name):
        mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) / np.sqrt(var + eps) * w[name + ".weight"] + w[name + ".bias"]

    def linear(x, name):
        return x @ w[name + ".weight"].T + w[name + ".bias"]

    e = "embeddings."
    x = w[e + "word_embeddings.weight"][ids] + w[e + "position_embeddings.weight"][: len(ids)]
    x = norm(x + w[e + "token_type_embeddings.weight"][0], e + "LayerNorm")
    for i in range(config["num_hidden_layers"]):
        p = f"encoder.layer.{i}."
        split = lambda y: y.reshape(len(ids), heads, -1).transpose(1, 0, 2)
        q, k, v = (split(linear(x, p + "attention.self." + n)) for n in ("query", "key", "value"))
        s = q @ k.transpose(0, 2, 1) / np.sqrt(np.float32(q.shape[-1]))
        s = np.exp(s - s.max(-1, keepdims=True))
        a = (s / s.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(ids), -1)
        x = norm(x + linear(a, p + "attention.output.dense"), p + "attention.output.LayerNorm")
        h = linear(x, p + "intermediate.dense")
        h = h * 0.5 * (1 + erf(h / np.sqrt(np.float32(2))))
        x = norm(x + linear(h, p + "output.dense"), p + "output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def main():
    folder = pathlib.Path(sys.argv[1])
    config, w = json.loads((folder / "config.json").read_text()), load(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    # Lectern takes `[SEP]` in a text for text.
    tokenizer.encode_special_tokens = True
    rows, lines = [], []
    for text in sentences():
        ids = tokenizer.encode(text).ids
        lines.append(json.dumps({"text": text, "ids": ids}, ensure_ascii=False))
        rows.append(forward(w, config, ids))
    (HERE / "sentences.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    (HERE / "vectors.f16").write_bytes(np.stack(rows).astype("<f2").tobytes())


main()
