"""A module as a graph of PyTorch's operators, traced on a whole signal."""

from __future__ import annotations

import contextlib
import inspect
import logging
import re
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn
from torch.export import ExportedProgram

from ...plugin_core.errors import Error
from .operators.intercept import Intercepted
from .refusal import OURS
from .values import BATCH, WHOLE_SAMPLES

SIDECHAIN = "sidechain"  # what forward calls a second sound
_LONGEST_CAUSE = 300
_TALKATIVE = ("torch.export", "torch._export", "torch.onnx", "torch._subclasses.fake_tensor")


@dataclass(frozen=True)
class Trace:
    """The operators in order; what the inputs that are not sound hold, by placeholder."""

    graph: fx.Graph
    tensors: Mapping[str, Tensor]
    controls: Mapping[str, str]  # placeholder → control
    sidechain: str | None  # placeholder
    channels: int  # of each sound
    knob_shape: tuple[int, ...]  # of one signal: (1,), or () of knobs that are numbers


def trace(
    module: nn.Module,
    knobs: Mapping[str, float],
    knob_shape: tuple[int, ...] = (1,),
    channels: int = 1,
    samples: int = WHOLE_SAMPLES,
) -> Trace:
    """Trace `module` on sound [batch, channels, samples] and knobs [batch, 1], by their names.

    With `knob_shape` () knobs are numbers, the same for the whole batch. A second sound goes to
    where `forward` takes a `sidechain`.

    Raise tonecast.Error for what PyTorch cannot trace, with the innermost cause and the user's
    line.
    """
    module = getattr(module, "_orig_mod", module)  # of torch.compile
    check_signature(module, knobs)
    sound = torch.empty(BATCH, channels, samples)  # large, and of which nothing is read
    size = (BATCH, *knob_shape) if knob_shape else ()
    further = {SIDECHAIN: torch.empty_like(sound)} if takes_sidechain(module) else {}
    further |= {name: torch.full(size, float(value)) for name, value in knobs.items()}
    with quiet(), torch.no_grad():
        try:
            with Intercepted():
                program = torch.export.export(module, (sound,), further, strict=False)
            program = program.run_decompositions({})  # in place becomes out of place, no more
        except Error:
            raise
        except Exception as error:
            raise Error(_cause(error)) from error
    return _read(program, list(further), knob_shape, channels)


def takes_sidechain(module: nn.Module) -> bool:
    """Whether forward takes a second sound: a parameter, after the first, called `sidechain`."""
    return SIDECHAIN in list(inspect.signature(module.forward).parameters)[1:]


def check_signature(module: nn.Module, knobs: Collection[str]) -> None:
    """Raise tonecast.Error unless forward takes one sound or two, and the knobs by their names."""
    sound, *others = inspect.signature(module.forward).parameters.values()
    named = {p.name for p in others if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    takes_any = any(p.kind == p.VAR_KEYWORD for p in others)
    for name in knobs:
        if name == sound.name or (name not in named and not takes_any):
            raise Error(
                f"forward() takes no '{name}', only {', '.join(sorted(named)) or 'sound'}; knobs "
                f"are its keyword arguments"
            )
    for p in others:
        given = p.name in knobs or p.name == SIDECHAIN
        if not given and p.default is p.empty and p.name in named:
            raise Error(
                f"forward() needs '{p.name}'; give it as a knob: {p.name}=Knob(lowest, highest, "
                f"default), or call it '{SIDECHAIN}' if it is a second sound"
            )


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep PyTorch's warnings and logs off the screen."""
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


def _read(
    program: ExportedProgram, further: list[str], knob_shape: tuple[int, ...], channels: int
) -> Trace:
    signature = program.graph_signature
    if signature.buffers_to_mutate:
        changed = ", ".join(sorted(set(signature.buffers_to_mutate.values())))
        raise Error(
            f"forward() changes {changed}, so that it plays differently each time; keep nothing "
            f"between calls: the export finds states by itself"
        )
    if signature.user_inputs_to_mutate:
        raise Error("forward() changes what it is given in place; make a new tensor: x = x * 2")
    returned = program.call_spec.out_spec
    if returned is not None and returned.num_leaves == 1 and not returned.is_leaf():
        raise Error("forward() returns the sound inside another object; return the sound alone")
    values: dict[str, Tensor] = {**program.state_dict, **program.constants}
    names = {
        **signature.inputs_to_parameters,
        **signature.inputs_to_buffers,
        **signature.inputs_to_lifted_tensor_constants,
    }
    inputs = list(signature.user_inputs)
    placeholders = [node for node in program.graph.nodes if node.op == "placeholder"]
    if len(inputs) != 1 + len(further):
        raise Error("forward() must take one tensor of sound, and a tensor for each knob")
    tensors = {node.name: values[names[node.name]] for node in placeholders if node.name in names}
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise Error(f"{names[name]} holds NaN or Inf; train it again, or load another file")
    named = dict(zip(map(str, inputs[1:]), further, strict=True))
    controls = {placeholder: name for placeholder, name in named.items() if name != SIDECHAIN}
    sidechain = next((place for place, name in named.items() if name == SIDECHAIN), None)
    return Trace(program.graph, tensors, controls, sidechain, channels, knob_shape)


def _cause(error: BaseException) -> str:
    """The innermost cause of PyTorch's long stories, in one line, and the user's own line."""
    deepest = error
    while (inner := deepest.__cause__ or deepest.__context__) is not None:
        deepest = inner
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(deepest)).strip() or type(deepest).__name__
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    text = lines[0] if lines else type(deepest).__name__
    if len(text) > _LONGEST_CAUSE:
        text = text[:_LONGEST_CAUSE] + "…"
    place = _user_line(deepest) or _user_line(error)
    if "data-dependent" in str(error).lower() or "GuardOnDataDependent" in str(error):
        text = (
            "it takes a number or a decision out of a tensor, which may depend on the sound; say "
            "it with torch.where, or compute it from shapes"
        )
    return f"{place}: {text}" if place else f"PyTorch cannot trace the module: {text}"


def _user_line(error: BaseException) -> str:
    place = ""
    at = error.__traceback__
    while at is not None:
        path = at.tb_frame.f_code.co_filename.replace("\\", "/")
        own = path.startswith(("<", OURS)) or "/torch/" in path or path.endswith("/contextlib.py")
        if not own:
            place = f"{path.rsplit('/', 1)[-1]}:{at.tb_lineno}"
        at = at.tb_next
    return place
