"""Run an ONNX graph on this machine: OpenVINO where its wheel installs, ONNX Runtime elsewhere.

One setting chooses: ``KINTRACE_ENGINE`` = ``openvino`` | ``onnxruntime`` | ``auto`` (the default: the faster of those installed,
which for a tiny network is ONNX Runtime; docs/speed.md).
Neither is allowed to open a connection: OpenVINO's telemetry package is not installed at all.
"""

import importlib.util
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kintrace.errors import MissingPart, PackInvalid
from kintrace.faces.graph import plain

Floats = NDArray[np.float32]
Network = Callable[[Floats], list[Floats]]
"""(n, 3, h, w) float32 → the graph's outputs, each with n first. Safe for one thread at a time."""

ENGINES = ("openvino", "onnxruntime")


def engine_name(wish: str | None = None, *, tiny: bool = False) -> str:
    """The engine that will be used: the one wished for, or the fastest that is installed.

    Args:
        wish: one of ``ENGINES``, "auto", or None for the setting.
        tiny: whether it is for a network of a few milliseconds.

    Raises:
        MissingPart: the engine wished for is unknown or not installed.
    """
    wish = wish or os.environ.get("KINTRACE_ENGINE", "auto")
    installed = [name for name in ENGINES if importlib.util.find_spec(name)]
    if wish == "auto" and installed:
        return installed[-1 if tiny else 0]
    if wish in installed:
        return wish
    raise MissingPart(
        f"The inference engine “{wish}” is not installed here.",
        todo=f"Set KINTRACE_ENGINE to one of: auto, {', '.join(installed) or 'none is installed; run make again'}.",
    )


def compile_network(model: bytes, *, engine: str | None = None, threads: int = 0, tiny: bool = False) -> Network:
    """Compile a serialised ONNX model.

    Args:
        model: the ONNX bytes; block-quantised weights are made plain first.
        engine: see :func:`engine_name`.
        threads: processor threads to use; 0 means all.
        tiny: see :func:`engine_name`.

    Raises:
        PackInvalid: the engine cannot compile the graph.
        MissingPart: the engine is not installed.
    """
    name = engine_name(engine, tiny=tiny)
    graph = plain(model)
    try:
        return _openvino(graph, threads) if name == "openvino" else _onnxruntime(graph, threads)
    except Exception as problem:  # ONNX Runtime's error types have no base but this
        raise PackInvalid(
            f"{name} cannot run this model: {problem}", todo="Check that the pack is made for face templates."
        ) from problem


def _openvino(graph: bytes, threads: int) -> Network:
    import openvino

    core = openvino.Core()
    model = core.read_model(graph)
    # Without pinning: networks of several threads would all be held on the same core.
    settings: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32",
        "ENABLE_CPU_PINNING": False,
    }
    if threads:
        settings["INFERENCE_NUM_THREADS"] = threads
    compiled: dict[tuple[int, ...], Any] = {}

    def run(batch: Floats) -> list[Floats]:
        # One compiled copy per shape: a fixed shape runs faster than a free one, and callers use few shapes.
        request = compiled.get(batch.shape)
        if request is None:
            fixed = model.clone()
            fixed.reshape({fixed.inputs[0]: list(batch.shape)})
            request = core.compile_model(fixed, "CPU", settings).create_infer_request()
            compiled[batch.shape] = request
        answer = request.infer([np.ascontiguousarray(batch)])
        return [answer[i].copy() for i in range(len(model.outputs))]

    return run


def _onnxruntime(graph: bytes, threads: int) -> Network:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    model = _free_input(graph)
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    entrance = session.get_inputs()[0].name

    def run(batch: Floats) -> list[Floats]:
        return [np.asarray(part) for part in session.run(None, {entrance: np.ascontiguousarray(batch)})]

    return run


def _free_input(graph: bytes) -> bytes:
    """The graph with every dimension of its input and outputs but the channels left open."""
    import onnx

    model = onnx.load_from_string(graph)
    for value in [*model.graph.input, *model.graph.output]:
        for place, dimension in enumerate(value.type.tensor_type.shape.dim):
            if place != 1 or value in model.graph.output:
                dimension.ClearField("dim_value")
                dimension.dim_param = f"{value.name}_{place}"
    del model.graph.value_info[:]
    return bytes(model.SerializeToString())
