"""The same sentence encoder in PyTorch and in onnxruntime: texts to unit vectors, in the order given."""
import numpy as np
import onnxruntime
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

# What the model's positions allow; its folder asks for less, and Lectern does not cut there.
LONGEST = 512


class PyTorch:
    """f32 on the CPU, by sentence-transformers, which sorts by length itself."""

    def __init__(self, folder):
        self.model = SentenceTransformer(str(folder), device="cpu")
        self.model.max_seq_length = LONGEST

    def encode(self, texts, batch):
        return self.model.encode(texts, batch_size=batch, normalize_embeddings=True, show_progress_bar=False)


class OnnxRuntime:
    """Dynamically quantised to int8; batches of texts of like length, mean pooling in NumPy."""

    def __init__(self, folder, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        file = str(folder / "onnx/model_quantized.onnx")
        self.session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(LONGEST)

    def encode(self, texts, batch):
        tokens = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        order = sorted(range(len(texts)), key=lambda place: -len(tokens[place]))
        vectors = {}
        for start in range(0, len(order), batch):
            places = order[start : start + batch]
            vectors.update(zip(places, self.forward([tokens[place] for place in places])))
        return np.stack([vectors[place] for place in range(len(texts))])

    def forward(self, rows):
        ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
        mask = np.zeros_like(ids)
        for place, row in enumerate(rows):
            ids[place, : len(row)], mask[place, : len(row)] = row, 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self.session.run(None, inputs)
        sums = (hidden * mask[..., None]).sum(1)
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)
