"""ONNX graphs made plain: block-quantised weights become float32 constants, once, when a model is loaded.

The packaged YuNet and SFace store int8 blocks that every inference would expand again, and list long-gone training inputs.
Measured per face on one thread: 71 ms as packaged, 38 ms plain, with equal embeddings (ONNX Runtime; see docs/speed.md).
"""

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from kintrace.errors import PackInvalid

Constants = dict[str, NDArray[np.generic]]


def plain(model_bytes: bytes) -> bytes:
    """An equivalent ONNX model with float32 constants, only live inputs, and a free batch dimension where it had none.

    Args:
        model_bytes: a serialised ONNX model.

    Raises:
        PackInvalid: the bytes are no ONNX model.
    """
    try:
        model = onnx.load_from_string(model_bytes)
    except Exception as problem:  # protobuf's own error types differ between its releases
        raise PackInvalid(
            "The model file is not an ONNX model.", todo="Get the file again from its source."
        ) from problem
    graph = model.graph
    constants: Constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    nodes = [node for node in graph.node if not _fold(node, constants)]
    for node in nodes:
        _free_batch(node, constants)
    used = {name for node in nodes for name in node.input}
    inputs = [entry for entry in graph.input if entry.name in used and entry.name not in constants]
    del graph.node[:], graph.initializer[:], graph.input[:]
    graph.node.extend(nodes)
    graph.input.extend(inputs)
    graph.initializer.extend(
        numpy_helper.from_array(np.ascontiguousarray(constants[name]), name) for name in sorted(used & constants.keys())
    )
    return bytes(model.SerializeToString())


def _fold(node: onnx.NodeProto, constants: Constants) -> bool:
    """Compute a node whose inputs are all constants; True where it is no longer needed."""
    if not all(name in constants for name in node.input):
        return False
    if node.op_type == "DequantizeLinear":
        constants[node.output[0]] = _dequantised(node, constants)
    elif node.op_type == "Reshape":
        constants[node.output[0]] = constants[node.input[0]].reshape(constants[node.input[1]].tolist())
    else:
        return False
    return True


def _dequantised(node: onnx.NodeProto, constants: Constants) -> NDArray[np.float32]:
    """(q − zero) · scale, by block along an axis (ONNX operator DequantizeLinear, opset 21)."""
    attributes = {entry.name: entry.i for entry in node.attribute}
    quantised = constants[node.input[0]].astype(np.float32)
    axis, block = attributes.get("axis", 1), attributes.get("block_size", 0)

    def spread(values: NDArray[np.generic]) -> NDArray[np.float32]:
        if block:
            values = np.repeat(values, block, axis=axis).take(range(quantised.shape[axis]), axis=axis)
        elif values.ndim == 1 and values.size > 1:
            values = values.reshape([-1 if i == axis else 1 for i in range(quantised.ndim)])
        return values.astype(np.float32)

    zero = spread(constants[node.input[2]]) if len(node.input) > 2 else np.float32(0)
    return ((quantised - zero) * spread(constants[node.input[1]])).astype(np.float32)


def _free_batch(node: onnx.NodeProto, constants: Constants) -> None:
    """Let a Reshape to (1, −1, k) keep whatever batch comes in: (0, −1, k)."""
    if node.op_type != "Reshape" or node.input[1] not in constants:
        return
    shape = constants[node.input[1]].tolist()
    if len(shape) == 3 and shape[:2] == [1, -1]:
        constants[node.input[1]] = np.array([0, -1, shape[2]], dtype=np.int64)
