#!/usr/bin/env python3
"""The bench's peers in Python: one process that answers a line of JSON with a line of JSON.

    serve.py MODEL_FOLDER ONNX_FOLDER

Requests: `{"do": "time", "engine": "pytorch" | "onnxruntime", "texts": FILE}` gives `{"seconds", "batch"}`;
`{"do": "reference", "texts": FILE, "vectors": FILE}` writes f32 vectors, a row a text;
`{"do": "ndcg", "vectors": FILE, "passages": N, "relevant": [[passage, ...], ...]}` judges exact cosine
search where rows from the N-th on are the queries. Texts are files of one JSON string a line.
"""
import json, pathlib, sys, time

import numpy as np
import torch

from engines import OnnxRuntime, PyTorch
from model import export

THREADS = 2
# Of which the fastest is taken, by a try on the first texts.
BATCHES = {"pytorch": (4, 8, 16, 32), "onnxruntime": (1, 2, 4, 8)}
TRIED = 48
DEPTH = 10


def main():
    folder, onnx = map(pathlib.Path, sys.argv[1:3])
    torch.set_num_threads(THREADS)
    pytorch = PyTorch(folder)
    export(folder, onnx, pytorch)
    peers = Peers({"pytorch": pytorch, "onnxruntime": OnnxRuntime(onnx, THREADS)})
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(getattr(peers, request.pop("do"))(**request)), flush=True)


class Peers:
    """What can be asked for, by name."""

    def __init__(self, engines):
        self.engines, self.batches = engines, {}

    def time(self, engine, texts):
        encode, texts = self.engines[engine].encode, read(texts)
        if engine not in self.batches:
            # The first run of all is slower.
            encode(texts[:1], 1)
            tried = {size: seconds(encode, texts[:TRIED], size) for size in BATCHES[engine]}
            self.batches[engine] = min(tried, key=tried.get)
        batch = self.batches[engine]
        return {"seconds": seconds(encode, texts, batch), "batch": batch}

    def reference(self, texts, vectors):
        partial = pathlib.Path(vectors + ".part")
        self.engines["pytorch"].encode(read(texts), 16).astype("<f4").tofile(partial)
        partial.rename(vectors)
        return {}

    def ndcg(self, vectors, passages, relevant):
        rows = np.fromfile(vectors, "<f4").reshape(passages + len(relevant), -1)
        scores = rows[passages:] @ rows[:passages].T
        found = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
        return {"ndcg": float(np.mean([ndcg(list(f), set(r)) for f, r in zip(found, relevant)]))}


def read(file):
    return [json.loads(line) for line in pathlib.Path(file).read_text("utf-8").splitlines()]


def seconds(encode, texts, batch):
    start = time.perf_counter()
    encode(texts, batch)
    return time.perf_counter() - start


def ndcg(found, relevant):
    """nDCG@10 with binary relevance (Järvelin and Kekäläinen 2002)."""
    discount = lambda rank: 1 / np.log2(rank + 2)
    gain = sum(discount(rank) for rank, passage in enumerate(found) if passage in relevant)
    return gain / sum(discount(rank) for rank in range(min(DEPTH, len(relevant))))


main()
