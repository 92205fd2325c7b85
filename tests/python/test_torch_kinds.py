"""thalweg.torch with models, batches, losses and surroundings of many kinds, against PyTorch's own words."""
import collections
import copy
import functools
import pickle
import threading

from support import Case, main, np, thalweg
from torch_support import Small, bits, small, torch

import torch.utils.checkpoint  # noqa: E402

functional = torch.nn.functional
cross_entropy = functional.cross_entropy
make = thalweg.torch.Objective


def plain(dtype=torch.float32):
    """A small network and 50 samples."""
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3)).to(dtype)
    return model, torch.randn(50, 6).to(dtype), torch.randint(0, 3, (50,))


class Sum(torch.nn.Module):
    """Of two inputs."""

    def __init__(self):
        super().__init__()
        self.last = torch.nn.Linear(6, 3)

    def forward(self, a, b):
        return self.last(a + 2 * b)


class Batches(Case):
    def test_pairs_of_several(self):
        """One batch whose inputs are a tuple, a dict or a namedtuple is a batch, and not two."""
        _, x, y = plain()
        model, inputs = Sum(), collections.namedtuple("Inputs", "a b")
        wanted = float(cross_entropy(model(x, x), y))
        for given in ((x, x), {"a": x, "b": x}, inputs(x, x), collections.UserDict(a=x, b=x)):
            for data in ((given, y), [(given, y)], (given, y.numpy())):
                f = make(model, cross_entropy, data)
                self.assertEqual(f.samples, 50)
                self.assertAlmostEqual(f(None), wanted, places=6)
            parts = make(model, cross_entropy, (given, y), batch_size=20)
            self.assertAlmostEqual(parts(None), wanted, places=6)
            self.assertEqual(parts.losses(parts.start, 30).shape, (30,))
        model, x, y = plain()
        self.assertEqual(make(model, cross_entropy, (x, y.tolist()))(None), make(model, cross_entropy, (x, y))(None))
        self.assertEqual(make(model, cross_entropy, [(x, y.tolist())])(None), make(model, cross_entropy, [(x, y)])(None))
        self.assert_line(thalweg.ArgumentError, "50 inputs and 49 targets", make, model, cross_entropy, (x, y[1:]))

    def test_not_of_samples(self):
        """Beside inputs of samples there may be tensors for all of them; packed sequences are one input."""
        _, x, y = plain()
        model = Sum()
        shift = torch.arange(60.0).reshape(1, 60)[:, :6]
        for given in ((x, shift), {"a": x, "b": shift}):
            for size in (None, 20):
                f = make(model, cross_entropy, (given, y), batch_size=size)
                self.assertAlmostEqual(f(None), float(cross_entropy(model(x, shift), y)), places=5)
                self.assertAlmostEqual(f.sample_gradient(f.start, np.arange(30, 50))[0],
                                       float(cross_entropy(model(x[30:], shift), y[30:])), places=5)

        class Recurrent(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.cells = torch.nn.GRU(4, 3)

            def forward(self, words):
                return self.cells(words)[1][0]

        model = Recurrent()
        packed = torch.nn.utils.rnn.pack_sequence([torch.randn(k, 4) for k in (5, 3, 4)], enforce_sorted=False)
        for data in ((packed, y[:3]), [(packed, y[:3])]):
            self.assertAlmostEqual(make(model, cross_entropy, data)(None), float(cross_entropy(model(packed), y[:3])), places=6)
        self.assert_line(thalweg.ShapeError, "2 numbers are given, of", make(model, cross_entropy, data).value, np.ones(2))

    def test_moved(self):
        """Batches of all kinds go to the model's device, and to its precision."""
        model, x, y = plain(torch.float64)
        pair = collections.namedtuple("Pair", "x y")
        packed = torch.nn.utils.rnn.pack_sequence([x[0].float()])
        from thalweg._torch_data import _moved
        meta = torch.device("meta")
        for value in ((x, y), [x, y], pair(x, y), {"x": x, "y": [y, (x,)]}, collections.UserDict(x=x), pair(x, pair(x, y))):
            moved = _moved(value, meta, torch.float64)
            found = thalweg._torch_data._tensors(moved)
            self.assertGreater(len(found), 0)
            self.assertEqual({tensor.device for tensor in found}, {meta}, value)
            if isinstance(value, (tuple, list)):
                self.assertIs(type(moved), type(value))
        self.assertEqual(_moved(packed, "cpu", torch.float64).batch_sizes.tolist(), packed.batch_sizes.tolist())
        f = make(model, cross_entropy, [pair(x[:20].float(), y[:20]), pair(x[20:].float(), y[20:])])
        self.assertAlmostEqual(f(None), float(cross_entropy(model(x), y)), places=6)

    def test_told_apart(self):
        """A file is continued on the same data, loss and settings of it alone, be the difference in the last label."""
        model, x, y = plain()
        other, half = y.clone(), torch.utils.data.TensorDataset
        other[-1] = (other[-1] + 1) % 3
        loader = functools.partial(torch.utils.data.DataLoader, batch_size=20)
        smooth = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
        weighted = torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2, 1]))

        class Own(torch.nn.Module):
            def __init__(self, weights=1.0):
                super().__init__()
                self.weights = weights

            def forward(self, output, target):
                return cross_entropy(output, target, torch.as_tensor(self.weights))
        for k, (loss, data, loss2, data2) in enumerate([
                (cross_entropy, (x, y), cross_entropy, (x, other)),
                (cross_entropy, loader(half(x, y)), cross_entropy, loader(half(x, other))),
                (cross_entropy, [(x[:20], y[:20]), (x[20:], y[20:])], cross_entropy, [(x[:20], y[:20]), (x[20:], other[20:])]),
                (cross_entropy, [(x[:20], y[:20]), (x[20:].numpy(), y[20:].numpy())],
                 cross_entropy, [(x[:20], y[:20]), (x[20:].numpy(), other[20:].numpy())]),
                (Own(torch.tensor([1.0, 2, 1])), (x, y), Own(torch.tensor([1.0, 2, 3])), (x, y)),
                (Own(np.array([1, 2, 1], "f")), (x, y), Own(np.array([1, 2, 3], "f")), (x, y)),
                (torch.nn.CrossEntropyLoss(), (x, y), smooth, (x, y)), (smooth, (x, y), weighted, (x, y)),
                (functools.partial(cross_entropy, label_smoothing=0.1), (x, y),
                 functools.partial(cross_entropy, label_smoothing=0.2), (x, y))]):
            path = self.path(f"{k}.h5")
            thalweg.plane(make(model, loss, data), points=2, file=path)
            self.assertEqual(thalweg.plane(make(model, loss, data), points=2, file=path).continued, 4)
            self.assert_line(thalweg.ArgumentError, "is from another run", thalweg.plane, make(model, loss2, data2),
                             points=2, file=path)
        self.assertEqual([make(model, loss, (x, y)).said()["torch_loss"] for loss in (torch.nn.CrossEntropyLoss(), smooth)],
                         ["CrossEntropyLoss", "CrossEntropyLoss(label_smoothing=0.1)"])


class Splits(Case):
    def test_further_data(self):
        """Loss and metrics of further data are those of an objective on them, in surfaces and tables; files tell them
        apart, and statistics are estimated on the training data."""
        model, (x, y) = small(count=40)
        for bn in (None, "batch", "reestimated"):
            f = make(model, cross_entropy, (x[:25], y[:25]), test=[(x[25:], y[25:])], metrics="accuracy", bn=bn)
            before, path = bits(model), self.path(f"{bn}.h5")
            s = thalweg.plane(f, points=3, test=True, file=path)
            self.assertEqual(list(s.values), ["train_loss", "train_acc", "test_loss", "test_acc"])
            if bn != "reestimated":
                alone = thalweg.plane(make(model, cross_entropy, (x[25:], y[25:]), metrics="accuracy", bn=bn), points=3)
                np.testing.assert_array_equal([s["test_loss"], s["test_acc"]], [alone.loss, alone["train_acc"]])
            else:
                twin = copy.deepcopy(model).train()
                twin.norm.reset_running_stats()
                twin.norm.momentum = None
                with torch.no_grad():
                    twin(x[:25])
                    self.assertAlmostEqual(s["test_loss"][1, 1], float(cross_entropy(twin.eval()(x[25:]), y[25:])), places=13)
            self.assertEqual(list(thalweg.plane(f, points=2).values), ["train_loss", "train_acc"])
            self.assertTrue(bits(model) == before)
            other = make(model, cross_entropy, (x[:25], y[:25]), test=(x[26:], y[26:]), metrics="accuracy", bn=bn)
            self.assert_line(thalweg.ArgumentError, "test_data is", thalweg.plane, other, points=3, test=True, file=path)
        f = make(model, cross_entropy, (x[:25], y[:25]), test=(x[25:], y[25:]))
        d = thalweg.minimize(f, iterations=3, report_every=1)
        self.assertAlmostEqual(d.table["test_loss"][-1], f.test(d.x), places=14)
        self.assert_line(thalweg.ArgumentError, "Objective(..., test=...)", thalweg.plane, f.test, test=True)

        class Mine(thalweg.torch.Objective):
            def __init__(self, model):
                super().__init__(model, cross_entropy, (x[:25], y[:25]), test=(x[25:], y[25:]))

        self.assertIs(Mine(model.float())._to_check()._loan.dtype, torch.float64)
        model.double()
        s = thalweg.plane(Mine(model), points=1, xlim=(0, 0), ylim=(0, 0), test=True, errors=True)
        self.assertEqual(list(s.values), ["train_loss", "train_loss_se", "test_loss", "test_loss_se"])
        self.assertAlmostEqual(s["test_loss"][0, 0], f.test(None), places=14)

    def test_chosen_samples(self):
        """Descent by batches takes steps along PyTorch's gradients of the samples that it chose, wherever they lie."""
        model, x, y = plain(torch.float64)
        loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=7)
        ends = []
        for data in ((x, y), torch.utils.data.TensorDataset(x, y), loader, [(x[:9], y[:9]), (x[9:], y[9:])]):
            class Watched(thalweg.torch.Objective):
                taken = []

                def sample_gradient(self, at, samples):
                    self.taken.append(samples)
                    return super().sample_gradient(at, samples)

            f = Watched(model, cross_entropy, data)
            end = thalweg.minimize(f, method="sgd", batch=10, step=0.5, iterations=12)
            twin = copy.deepcopy(model)
            walk = torch.optim.SGD(twin.parameters(), lr=0.5)
            for samples in f.taken:
                walk.zero_grad()
                cross_entropy(twin(x[samples]), y[samples]).backward()
                walk.step()
            np.testing.assert_allclose(end.x, f.vector(twin), atol=1e-14)
            self.assertEqual(sorted(np.concatenate(f.taken[:5])), list(range(50)))
            ends.append(end.x)
        np.testing.assert_allclose(ends[1:], [ends[0]] * 3, atol=1e-14)
        f.taken.clear()
        thalweg.minimize(f, method="adam", iterations=3)
        self.assertEqual(f.taken, [])  # the whole gradient without batch

    def test_first_step(self):
        """Steps by batches go down where no step is given: a line search's would be too long."""
        for width, count in ((1000, 16), (8, 96)):
            torch.manual_seed(0)
            model = torch.nn.Sequential(torch.nn.Linear(100, width), torch.nn.ReLU(), torch.nn.Linear(width, 10))
            x = torch.randn(count, 100)
            f = make(model, cross_entropy, (x, x[:, :10].argmax(1)))
            for method in ("sgd", "momentum"):
                d = thalweg.minimize(f, method=method, batch=count // 3, iterations=60)
                self.assertLess(d.fun, 0.9 * f(None), (width, method))


class Losses(Case):
    def test_left_out(self):
        """Targets that are left out, and weights of classes: the value is that whose gradient the gradient is, in single
        precision too, and in a batch that is not the first."""
        for dtype in (torch.float32, torch.float64):
            model, x, y = plain(dtype)
            left = y.clone()
            left[30:45] = -100
            weights = torch.tensor([1.0, 5, 0.2]).to(dtype)
            for targets, loss in ((left, torch.nn.CrossEntropyLoss()), (left, cross_entropy),
                                  (y, torch.nn.CrossEntropyLoss(weights))):
                f = make(model, loss, (x, targets), batch_size=25)
                model.zero_grad()
                truth = sum(25 * loss(model(x[k:k + 25]), targets[k:k + 25]) for k in (0, 25)) / 50
                truth.backward()
                self.assertAlmostEqual(f(None), float(truth), places=6)
                value, gradient = f.value_and_gradient(f.start)
                self.assertAlmostEqual(value, float(truth), places=6)
                np.testing.assert_allclose(gradient, np.concatenate([p.grad.numpy().ravel() for p in model.parameters()]),
                                           atol=1e-6)
                self.assert_line(thalweg.CallbackError, "single samples is not the loss", thalweg.plane, f, errors=True)

    def test_of_samples(self):
        """A loss that answers those of samples by itself has errors; one of single words has a value."""
        model, x, y = plain()
        f = make(model, lambda output, target: cross_entropy(output, target, reduction="none"), (x, y))
        each = cross_entropy(model(x), y, reduction="none").detach().double().numpy()
        s = thalweg.plane(f, points=3, errors=True)
        self.assertAlmostEqual(s.loss[1, 1], each.mean(), places=7)
        self.assertAlmostEqual(s["train_loss_se"][1, 1], each.std(ddof=1) / np.sqrt(50), places=7)
        f = make(model, f._loss.function, (x, y))
        f(None)
        thalweg.plane(f, points=2, errors=True)  # after it has been known by another evaluation
        self.assert_line(thalweg.ArgumentError, "partial sums over a batch", make, model,
                         functools.partial(cross_entropy, reduction="sum"), (x, y))
        many = make(model, f._loss.function, (x.repeat(12, 1), y.repeat(12)))
        self.assertLess(thalweg.plane(many, points=3, tolerance=0.2).samples, 600)
        words = torch.nn.Sequential(torch.nn.Embedding(7, 4), torch.nn.Linear(4, 7))
        x, y = torch.randint(0, 7, (20, 6)), torch.randint(0, 7, (20, 6))
        f = make(words, torch.nn.CrossEntropyLoss(), (x, y), metrics="accuracy",
                 forward=lambda model, batch: (model(batch[0]).flatten(0, 1), batch[1].flatten()))
        output = words(x).flatten(0, 1)
        np.testing.assert_allclose(f.value(f.start), [float(cross_entropy(output, y.flatten())),
                                                      float((output.argmax(1) == y.flatten()).float().mean())], atol=1e-6)
        self.assert_line(thalweg.CallbackError, "losses of 20 samples", thalweg.plane, f, errors=True)

    def test_fewer(self):
        """With a tolerance values and derivatives are those of the same samples."""
        model, (x, y) = small(count=900)
        loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=70)
        for data, size in (((x, y), None), ((x, y), 70), (loader, None), ([(x[:50], y[:50]), (x[50:], y[50:])], None)):
            f = make(model, torch.nn.CrossEntropyLoss(), data, batch_size=size)
            part = f.fewer(80)
            for ours, theirs in zip(part.value_and_gradient(f.start),
                                    make(model, cross_entropy, (x[:80], y[:80])).value_and_gradient(f.start)):
                np.testing.assert_allclose(ours, theirs, atol=1e-14)
        f = make(model, torch.nn.CrossEntropyLoss(), loader)
        s = thalweg.slice(f, points=1, xlim=(0, 0), tolerance=0.1, curvature=True, eig_tolerance=1e-4)
        self.assertLess(s.samples, 900)
        few = make(model, cross_entropy, (x[:s.samples], y[:s.samples]))
        self.assertAlmostEqual(s.loss[0], few(None), places=13)
        largest = thalweg.spectrum(few, largest=1, tolerance=1e-4).largest[0]
        self.assertAlmostEqual(s["max_eig"][0], largest, delta=2e-4 * largest)
        whole = thalweg.spectrum(f, largest=1, tolerance=1e-4).largest[0]
        self.assertGreater(abs(whole - largest), 2e-3 * largest)

    def test_accuracy(self):
        """What accuracy cannot be known of is refused, and not answered with 100 %."""
        x, loss = torch.randn(30, 6), torch.nn.BCEWithLogitsLoss()
        y = (x[:, :1] > 0).float()
        self.assert_line(thalweg.CallbackError, "one output a sample",
                         make(torch.nn.Linear(6, 1), loss, (x, y), metrics="accuracy"), None)
        several = (x[:, :3] > 0).float()
        self.assert_line(thalweg.CallbackError, "no classes, nor shares",
                         make(torch.nn.Linear(6, 3), loss, (x, several), metrics="accuracy"), None)
        model = torch.nn.Linear(6, 3)
        shares = functional.one_hot(x[:, :3].argmax(1), 3).float() * 0.9 + 0.1 / 3
        f = make(model, cross_entropy, (x, shares), metrics="accuracy")
        self.assertAlmostEqual(f.value(f.start)[1], float((model(x).argmax(1) == x[:, :3].argmax(1)).float().mean()), places=6)
        self.assert_line(thalweg.CallbackError, "'none' answered a NoneType",
                         make(model, cross_entropy, (x, shares), metrics={"none": lambda o, t: None}), None)


class Models(Case):
    def test_scripted(self):
        """Models of TorchScript, whose copies have results of the copying for parameters."""
        model, x, y = plain()
        truth = make(model.double(), cross_entropy, (x, y))
        point = 1.5 * truth.start
        for kind in (torch.jit.script, lambda model: torch.jit.trace(model, x)):
            scripted = kind(plain()[0])
            before = bits(scripted)
            f = make(scripted, cross_entropy, (x, y))
            self.assertAlmostEqual(f(point), truth(point), places=6)
            self.assertEqual(thalweg.check_gradient(f).verdict, "pass")
            self.assertTrue(bits(scripted) == before)

    def test_not_copied(self):
        """A lock cannot be copied, and a weight that is normalised before every call only without its graph."""
        class Locked(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.lock, self.layers = threading.Lock(), plain()[0]

            def forward(self, x):
                with self.lock:
                    return self.layers(x)

        _, x, y = plain()
        f = make(Locked(), cross_entropy, (x, y))
        twin = f._to_check()
        self.assertEqual((thalweg.check_gradient(f).verdict, twin.model.layers[0].weight.dtype), ("pass", torch.float64))
        self.assertIs(twin.model.lock, f.model.lock)
        self.assertEqual(f.model.layers[0].weight.dtype, torch.float32)
        normal = plain()[0]
        torch.nn.utils.weight_norm(normal[0])
        normal(x)
        f = make(normal, cross_entropy, (x, y))
        self.assertEqual({block.verdict for block in thalweg.check_gradient(f).blocks.values()}, {"pass"})

    def test_recomputed(self):
        """torch.utils.checkpoint hides parameters from the graph: gradients are right, and no gradient is touched."""
        class Again(torch.nn.Module):
            def __init__(self, reentrant):
                super().__init__()
                self.layers, self.reentrant = plain(torch.float64)[0], reentrant

            def forward(self, x):
                return torch.utils.checkpoint.checkpoint(self.layers, x, use_reentrant=self.reentrant)

        _, x, y = plain(torch.float64)
        x.requires_grad_()
        x.grad = torch.ones_like(x)
        truth = make(plain(torch.float64)[0], cross_entropy, (x, y), batch_size=20)
        for reentrant in (True, False):
            model = Again(reentrant)
            cross_entropy(model(x), y).backward()
            kept = [(tensor, tensor.grad, tensor.grad.clone()) for tensor in (x, *model.parameters())]
            before = bits(model)
            f = make(model, cross_entropy, (x, y), batch_size=20)
            np.testing.assert_allclose(f.value_and_gradient(f.start)[1], truth.value_and_gradient(f.start)[1], atol=1e-15)
            thalweg.plane(f, points=3)
            self.assertEqual(thalweg.minimize(f, iterations=5).fun, thalweg.minimize(truth, iterations=5).fun)
            if reentrant:
                self.assert_line(thalweg.UnsupportedError, "use_reentrant=False", thalweg.spectrum, f)
                self.assertAlmostEqual(thalweg.spectrum(f, largest=1, product="differences").largest[0],
                                       thalweg.spectrum(truth, largest=1).largest[0], places=6)
            else:
                np.testing.assert_allclose(f.hessian_product(f.start, f.start), truth.hessian_product(f.start, f.start))
            for tensor, gradient, numbers in kept:
                self.assertIs(tensor.grad, gradient)
                self.assertTrue(torch.equal(gradient, numbers))
            self.assertTrue(bits(model) == before)

        class Switched(Again):
            on = False

            def forward(self, x):
                return super().forward(x) if self.on else self.layers(x)

        model = Switched(True)
        f = make(model, cross_entropy, (x, y), batch_size=20)
        for model.on in (False, True, False):
            np.testing.assert_allclose(f.value_and_gradient(f.start)[1], truth.value_and_gradient(f.start)[1], atol=1e-15)
        np.testing.assert_allclose(f.hessian_product(f.start, f.start), truth.hessian_product(f.start, f.start))

    def test_changed(self):
        """A layer that was exchanged, and a model that was moved, are not what an objective was made of."""
        model, x, y = plain()
        f = make(model, cross_entropy, (x, y))
        model.double()
        self.assert_line(thalweg.ArgumentError, "was torch.float32", thalweg.plane, f, points=2)
        model.float()
        f(None)
        model[0] = torch.nn.Linear(6, 8)
        for call in (f, lambda x: thalweg.plane(f, x, points=2)):
            self.assert_line(thalweg.ArgumentError, "'0.weight' is another parameter", call, None)
        recorder = thalweg.torch.record(model, self.path("run.h5"))
        model[0] = torch.nn.Linear(6, 8)
        self.assert_line(thalweg.ArgumentError, "when the recorder was made", recorder.step, 1.0)
        self.assert_line(thalweg.ArgumentError, "thalweg.torch.Objective(model, loss, data)", thalweg.plane, model)
        self.assert_line(thalweg.ArgumentError, "batch_size: 0", make, model, cross_entropy, (x, y), batch_size=0)

    def test_kept(self):
        """Objectives are copied and pickled; the model goes along."""
        model, data = small()
        f = make(model, cross_entropy, data, metrics="accuracy", bn="batch")
        f.value_and_gradient(f.start)
        thalweg.spectrum(f, largest=1)
        for again in (copy.deepcopy(f), pickle.loads(pickle.dumps(f))):
            self.assertEqual((again(None), again.said()), (f(None), f.said()))
            self.assertIsNot(again.model, model)
            self.assertIsInstance(again.model, Small)
            before = bits(again.model)
            np.testing.assert_array_equal(thalweg.plane(again, points=3).loss, thalweg.plane(f, points=3).loss)
            self.assertTrue(bits(again.model) == before)


class Surroundings(Case):
    def test_autocast(self):
        """What autocast keeps of a parameter is of other numbers at the next point."""
        model, x, y = plain()
        f = make(model, cross_entropy, (x, y))
        points = [k * f.start for k in (1, 2, 3)]
        wanted = [f.value_and_gradient(point) for point in points]
        for outer in (True, False):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                torch.set_autocast_cache_enabled(outer)
                model(x)
                for point, (value, gradient) in zip(points, wanted):
                    self.assertAlmostEqual(f(point), value, delta=5e-3)
                    np.testing.assert_allclose(f.value_and_gradient(point)[1], gradient, atol=2e-2)
                self.assertEqual(torch.is_autocast_cache_enabled(), outer)
                torch.set_autocast_cache_enabled(True)

    def test_inference(self):
        """Derivatives are there in inference mode, and of data that were made in it."""
        model, x, y = plain()
        with torch.inference_mode():
            made = x + 0
        for data in ((x, y), (made, y), [(made, y)]):
            f = make(model, cross_entropy, data)
            wanted = f.value_and_gradient(f.start)[1]
            with torch.inference_mode():
                np.testing.assert_array_equal(f.value_and_gradient(f.start)[1], wanted)
                self.assertEqual(thalweg.check_gradient(f).verdict, "pass")
                self.assertEqual(f.hessian_product(f.start, wanted).shape, wanted.shape)
                self.assertTrue(torch.is_inference_mode_enabled())

    def test_said(self):
        """What files keep of a model's buffers is read when no other thread has the model."""
        model, data = small()
        f = make(model, cross_entropy, data, bn="batch")
        with f._loan.lock:
            done = []
            thread = threading.Thread(target=lambda: done.append(f.said()))
            thread.start()
            thread.join(0.2)
            self.assertEqual(done, [])
        thread.join()
        self.assertEqual(done, [f.said()])


if __name__ == "__main__":
    main()
