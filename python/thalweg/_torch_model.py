"""A PyTorch model on loan: its parameters elsewhere for one evaluation, and everything back as it was.

A parameter's ``data`` is exchanged for a tensor at the point that is asked about, and afterwards the user's own tensor
is put in its place again: nothing is ever written to it, so that its bits and its address are what they were. Between
two evaluations the model is whole, whatever ends the work.
"""
import copy
import ctypes
import os
import threading
import weakref

import numpy as np
import torch
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.dropout import _DropoutNd

from . import layout as _layout
from ._call import on_loan
from .errors import ArgumentError, ShapeError

POLICIES = ("frozen", "batch", "reestimated", "interpolated")
_STATISTICS = ("running_mean", "running_var")

_locks = weakref.WeakKeyDictionary()  # of models: one evaluation at a time


def _forget_locks():
    _locks.clear()  # another thread of the parent may have held one


os.register_at_fork(after_in_child=_forget_locks)


def _some(names):
    names = list(names)
    return ", ".join(f"'{name}'" for name in names[:3]) + (", ..." if len(names) > 3 else "")


def check_model(model):
    """Refuses what is no model with parameters of real numbers."""
    if not isinstance(model, torch.nn.Module):
        raise ArgumentError(f"model: a torch.nn.Module is wanted, not a {type(model).__name__}")
    seen = {}
    for name, parameter in model.named_parameters():
        if isinstance(parameter, torch.nn.parameter.UninitializedParameter):
            raise ArgumentError(f"model: '{name}' has no shape yet: call the model once on a batch")
        if parameter.is_complex():
            raise ArgumentError(f"model: '{name}' is complex; parameters are to be real numbers")
        if parameter.device.type == "meta":
            raise ArgumentError(f"model: '{name}' is on the device meta, where it has no numbers: model.to_empty(...), and "
                                "load some")
        place = (parameter.device, parameter.data_ptr())
        if parameter.numel() and seen.setdefault(place, name) != name:
            raise ArgumentError(f"model: '{name}' and '{seen[place]}' are two parameters in one memory: tie them as one "
                                "parameter")


def moving(model, frozen):
    """The parameters that move, by their names, each once: those that require a gradient, or all."""
    found = {name: parameter for name, parameter in model.named_parameters()
             if parameter.numel() and (frozen or parameter.requires_grad)}
    if not found:
        raise ArgumentError("model: it has no parameters" + ("" if frozen else " that require a gradient; frozen=True "
                                                             "moves all"))
    return found


def check_parameters(model, parameters, what):
    """Refuses a model of which some of them are gone."""
    named = dict(model.named_parameters())
    for name, parameter in parameters.items():
        if named.get(name) is not parameter:
            raise ArgumentError(f"model: its '{name}' is another parameter than when the {what} was made: make a new one")


def roles_of(model, names):
    """What the parameters are to their modules."""
    roles = {}
    for prefix, module in model.named_modules():
        normalises = isinstance(module, (_NormBase, torch.nn.LayerNorm, torch.nn.GroupNorm)) \
            or "norm" in type(module).__name__.lower()
        for name, parameter in module.named_parameters(prefix, recurse=False):
            if name not in names:
                continue
            if normalises and parameter.dim() <= 1:
                roles[name] = "norm"
            elif parameter.dim() < 2 or name.rpartition(".")[2].startswith("bias"):
                roles[name] = "bias"
            else:
                roles[name] = "weight"
    return roles


@torch.inference_mode(False)
def in_double(model):
    """A copy of a model in double precision. What was computed in it, such as a weight that is normalised before every
    call, is plain numbers there; what cannot be copied, such as a lock, is shared."""
    memo = {id(value): value.detach().clone() for module in model.modules() for value in vars(module).values()
            if torch.is_tensor(value) and not value.is_leaf}
    try:
        made = copy.deepcopy(model, dict(memo))
    except TypeError:
        for module in model.modules():
            memo.update((id(value), value) for value in vars(module).values() if not _can_be_copied(value))
        made = copy.deepcopy(model, memo)
    if any(ours is theirs for ours, theirs in zip(made.parameters(), model.parameters())):
        raise TypeError("the copy is the model itself")
    for parameter in made.parameters():
        if not parameter.is_leaf:  # a scripted module's copies are results of the copying
            wants = parameter.requires_grad
            parameter.detach_().requires_grad_(wants)
    return made.double()


def _can_be_copied(value):
    if isinstance(value, (torch.Tensor, torch.nn.Module, dict, list, tuple, set)):
        return True  # or holds what can be
    try:
        copy.deepcopy(value)
    except TypeError:
        return False
    return True


class TensorLayout(_layout.Layout):
    """Blocks that also come as a model, or as a state dictionary: what it has besides is passed over."""

    def pack(self, values, name, finite=True):
        return super().pack(self._plain(values), name, finite)

    def _plain(self, values):
        if isinstance(values, torch.nn.Module):
            values = values.state_dict()
        if torch.is_tensor(values):
            return values.detach().to("cpu", torch.float64).numpy()
        if not isinstance(values, dict):
            return values
        found = {}
        for block in self.shapes:
            key = next((key for key in (block, "module." + block, block[block.startswith("module.") and 7:])
                        if key in values), None)
            if key is None:
                raise ShapeError(f"there is no '{block}' in it; it has {_some(map(str, values))}")
            found[block] = self._plain(values[key]) if torch.is_tensor(values[key]) else values[key]
        return found


def flat_of(tensors):
    """One float64 vector of tensors."""
    tensors = list(tensors)
    out = torch.empty(sum(tensor.numel() for tensor in tensors), dtype=torch.float64)
    at = 0
    for tensor in tensors:
        out[at:at + tensor.numel()].view(tensor.shape).copy_(tensor.detach())
        at += tensor.numel()
    return out.numpy()


class Loan:
    """A model, which of its parameters move, and how it is called."""

    def __init__(self, model, frozen=False, bn=None):
        check_model(model)
        if bn is not None and bn not in POLICIES:
            raise ArgumentError(f"bn: '{bn}' is none of {', '.join(POLICIES)}")
        self.model, self.asked = model, bn
        self.bn = bn or "frozen"
        self.norms = {name: module for name, module in model.named_modules() if isinstance(module, _NormBase)}
        self.drops = {name: module for name, module in model.named_modules() if isinstance(module, _DropoutNd)}
        self.others = [module for module in model.modules() if not isinstance(module, _NormBase)]
        self.parameters = moving(model, frozen)
        self.roles = roles_of(model, self.parameters)
        self.statistics = {}
        if self.bn == "interpolated":
            self._take_statistics()
        self.layout = TensorLayout({name: tensor.shape for name, tensor in self.tensors().items()}, "flat")
        kinds = {tensor.dtype for tensor in self.parameters.values()}
        self.dtype = kinds.pop() if len(kinds) == 1 else None
        self.roundoff = max(torch.finfo(tensor.dtype).eps / 2 for tensor in self.parameters.values())
        self.device = next(iter(self.parameters.values())).device
        self.lock = _locks.setdefault(model, threading.RLock())
        self.memory, self.depth = None, 0
        self.kinds = [(tensor.dtype, tensor.device) for tensor in self.parameters.values()]
        self.check_modes()

    def __getstate__(self):
        return {**vars(self), "lock": None, "memory": None, "depth": 0}

    def __setstate__(self, state):
        vars(self).update(state)
        self.lock = _locks.setdefault(self.model, threading.RLock())

    def _take_statistics(self):
        """Running statistics as blocks that directions towards other weights move."""
        for prefix, module in self.norms.items():
            for name in _STATISTICS:
                if getattr(module, name, None) is not None:
                    full = f"{prefix}.{name}" if prefix else name
                    self.statistics[full] = (module, name)
                    self.roles[full] = "buffer"

    def tensors(self):
        """All blocks: the model's own tensors."""
        return {**self.parameters, **{full: getattr(*where) for full, where in self.statistics.items()}}

    def vector(self):
        """Where the model is."""
        with self.lock:  # and not where another thread has it for the moment
            return flat_of(self.tensors().values())

    def check_modes(self):
        """Refuses a model whose mode leaves open what is meant."""
        drops = [name for name, module in self.drops.items() if module.training and module.p > 0]
        if drops:
            raise ArgumentError(f"model: {_some(drops)} is dropout in training mode, so that the loss is not a function "
                                "of the parameters: call model.eval() first")
        active = [name for name, module in self.norms.items() if module.training and module.track_running_stats]
        if active and self.asked is None:
            raise ArgumentError(f"model: it is in training mode and has batch normalisation ({_some(active)}): say "
                                "bn='frozen' for running statistics or bn='batch' for those of each batch, or call "
                                "model.eval()")

    def check_same(self):
        """Refuses a model that has other parameters by now than those that would be lent."""
        check_parameters(self.model, self.parameters, "objective")
        for (name, parameter), kind in zip(self.parameters.items(), self.kinds):
            if (parameter.dtype, parameter.device) != kind:
                raise ArgumentError(f"model: its '{name}' was {kind[0]} on {kind[1]} when the objective was made, and is "
                                    f"{parameter.dtype} on {parameter.device}: make a new one")

    # ---- lending ----

    def views(self, x, room=None):
        """Tensors at the vector x, one a block. In double precision on the CPU they lie in x itself; else x is copied
        once into the model's precision, and once more to its device. `room`, a dict, has the memory of the last time,
        which is then taken again."""
        x = np.ascontiguousarray(x, dtype=np.float64).reshape(-1)
        if x.size != self.layout.size:
            raise ShapeError(f"{x.size} numbers are given, of {self.layout.size} parameters")
        if self.memory is None:  # such a type takes long to make
            self.memory = ctypes.c_double * self.layout.size
        memory = self.memory.from_address(x.ctypes.data)  # x may be read-only, which PyTorch warns of
        memory.owner = x
        whole = torch.frombuffer(memory, dtype=torch.float64)
        if room:
            for kind in room["kinds"]:
                kind.copy_(whole)
            return room["views"]
        kinds, found, plain = {}, [], True
        for tensor, part in zip(self.tensors().values(), self.layout.slices.values()):
            kind = (tensor.dtype, tensor.device)
            if kind not in kinds:
                kinds[kind] = whole.to(tensor.dtype).to(tensor.device)
            view = kinds[kind][part].view(tensor.shape)
            if not tensor.is_contiguous():  # channels last, say
                view, plain = torch.empty_like(tensor).copy_(view), False
            found.append(view)
        if room is not None and plain and all(kind is not whole for kind in kinds.values()):
            room.update(kinds=list(kinds.values()), views=found)
        return found

    def at(self, views, work):
        """work() with the model there, at tensors or a function that answers them. Everything of the model is as it was
        afterwards, whatever happens."""
        lent = _Lent(self, views)
        return on_loan(lent.take, work, lent.give)


class _Lent:
    """The model's own things while others stand in their place."""

    def __init__(self, loan, views):
        self.loan, self.views = loan, views
        self.locked = False
        self.parameters, self.norms, self.buffers, self.random = [], [], [], None
        self.cached = False

    def take(self):
        loan = self.loan
        self.locked = loan.lock.acquire()
        loan.depth += 1
        loan.check_modes()
        self.cached = torch.is_autocast_cache_enabled()  # what it keeps of a parameter is of the numbers before
        torch.set_autocast_cache_enabled(False)
        if callable(self.views):
            self.views = self.views()
        self.random = torch.get_rng_state()  # a pass over a loader draws from it
        for module in loan.others:
            if module._buffers:
                self.buffers += [(module, name, tensor, tensor.clone()) for name, tensor in module._buffers.items()
                                 if tensor is not None]
        for module in loan.norms.values():
            self._take_norm(module)
        count = len(loan.parameters)
        for parameter, view in zip(loan.parameters.values(), self.views[:count]):
            self.parameters.append((parameter, parameter.data, parameter.requires_grad))
            parameter.data = view
            if not parameter.requires_grad:
                parameter.requires_grad_(True)
        for (module, name), view in zip(loan.statistics.values(), self.views[count:]):
            module._buffers[name] = view.clamp_min(0) if name == "running_var" else view

    def _take_norm(self, module):
        policy = self.loan.bn
        if policy == "frozen" and not module.training:
            return
        self.norms.append((module, module.training, module.track_running_stats, module.momentum, dict(module._buffers)))
        if not module.track_running_stats and policy != "batch":
            return  # it has none: those of the batch are its own way
        module.training = policy == "batch"
        if policy == "batch":
            module.track_running_stats = False  # else it would keep the batch's
        elif policy == "reestimated":
            module.momentum = None  # of all batches alike
            module._buffers.update({name: tensor.clone() for name, tensor in module._buffers.items()
                                    if tensor is not None})

    def give(self):
        for parameter, data, wants in self.parameters:
            parameter.data = data
            if not wants:
                parameter.requires_grad_(False)
        for module, training, track, momentum, buffers in self.norms:
            module.training, module.track_running_stats, module.momentum = training, track, momentum
            module._buffers.update(buffers)
        for module, name, tensor, before in self.buffers:
            module._buffers[name] = tensor
            tensor.copy_(before)
        if self.random is not None:
            torch.set_rng_state(self.random)
        if self.cached:
            torch.set_autocast_cache_enabled(True)
        if self.locked:
            self.locked = False
            self.loan.depth -= 1
            self.loan.lock.release()
