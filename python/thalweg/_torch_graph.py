"""Graphs of PyTorch: gradients of a loss, and what stands in the way of second derivatives."""
import torch

from ._call import on_loan
from .errors import UnsupportedError

_WAY_OUT = "product='differences' does with gradients"


def dense(tensor):
    """Gradients of embeddings may be sparse."""
    return tensor.to_dense() if tensor.is_sparse else tensor


def _functions(tensors):
    """All backward functions behind some tensors."""
    nodes, seen = [tensor.grad_fn for tensor in tensors if tensor.grad_fn is not None], set()
    while nodes:
        node = nodes.pop()
        if node in seen:
            continue
        seen.add(node)
        yield node
        nodes += [further for further, _ in node.next_functions if further is not None]


def recomputes(loss):
    """Whether parts are computed anew on the way back by a function that hides their parameters from the graph."""
    return any(node.name() == "CheckpointFunctionBackward" for node in _functions([loss]))


def gradients(loss, parameters, further=False):
    """The gradient, a tensor a parameter, and which of them the graph does not reach; with `further` it has a graph of
    its own."""
    found = torch.autograd.grad(loss, parameters, create_graph=further, allow_unused=True)
    return [torch.zeros_like(p) if g is None else dense(g) for p, g in zip(parameters, found)], [g is None for g in found]


def gradients_by_backward(loss, parameters):
    """The same where `recomputes`: backward() alone reaches those parameters. It adds to what a tensor has in ``grad``,
    which is put aside for its time."""
    leaves = {id(leaf): leaf for leaf in parameters}
    leaves.update((id(node.variable), node.variable) for node in _functions([loss]) if hasattr(node, "variable"))
    before = [(leaf, leaf.grad) for leaf in leaves.values()]

    def take():
        for leaf in leaves.values():
            leaf.grad = None

    def work():
        loss.backward()
        return [torch.zeros_like(p) if p.grad is None else dense(p.grad) for p in parameters]

    def give():
        for leaf, gradient in before:
            leaf.grad = gradient

    return on_loan(take, work, give)


def check_twice(gradient):
    """Refuses a graph with a backward function that is not to be differentiated: PyTorch passes over it in silence
    where what was asked for is to be reached by other ways too."""
    if any(node.name() == "torch::autograd::Error" for node in _functions(gradient)):
        raise no_second("a backward function that is once_differentiable")


def no_second(error):
    """What a Hessian product's error means."""
    said = str(error).strip().split("\n")[0]
    if not any(words in said for words in ("not implemented", "once_differentiable", "ouble backward", "twice")):
        return error
    return UnsupportedError(f"the Hessian product takes second derivatives, and the model has an operation without them "
                            f"({said}): {_WAY_OUT}")


def no_second_of_recomputed():
    """Of a model of which `recomputes` is true."""
    return UnsupportedError("the Hessian product takes second derivatives, and torch.utils.checkpoint has none in this "
                            f"model: give it use_reentrant=False; or {_WAY_OUT}")
