"""thalweg.torch against closed forms and against PyTorch itself; what it refuses; that models are as they were."""
import doctest
import gc
import signal
import subprocess
import sys
import threading
import time
import typing
import weakref

from support import SOURCE, Case, main, np, thalweg
from torch_support import Small, bits, small, torch

functional = torch.nn.functional
cross_entropy = functional.cross_entropy


def line(count=40, size=3):
    """A linear model, whose mean squared error has a closed form: model, data, A, b, loss(w)."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(count, size)), rng.normal(size=(count, 1))
    model = torch.nn.Linear(size, 1).double()
    a = np.hstack([x, np.ones((count, 1))])
    return model, (torch.tensor(x), torch.tensor(y)), a, y[:, 0]


class Values(Case):
    def test_closed_forms(self):
        model, data, a, y = line()
        before = bits(model)
        for given in (data, [(data[0][:7], data[1][:7]), (data[0][7:], data[1][7:])],
                      torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*data), batch_size=9),
                      torch.utils.data.TensorDataset(*data)):
            f = thalweg.torch.Objective(model, torch.nn.MSELoss(), given, metrics={"near": lambda o, t: (o - t).abs() < 1})
            self.assertEqual((f.samples, f.start.size), (40, 4))
            w = np.array([0.3, -0.2, 1.0, 0.1])
            loss, near = f.value(w)
            self.assertAlmostEqual(loss, np.mean((a @ w - y)**2), places=13)
            self.assertAlmostEqual(near, np.mean(np.abs(a @ w - y) < 1), places=7)
            (loss, near), gradient = f.value_and_gradient(w)
            np.testing.assert_allclose(gradient, 2 * a.T @ (a @ w - y) / 40, atol=1e-13)
            v = np.arange(4.0)
            np.testing.assert_allclose(f.hessian_product(w, v), 2 * a.T @ (a @ v) / 40, atol=1e-13)
            each = f.losses(w, 11)
            np.testing.assert_allclose(each[:, 0], (a @ w - y)[:11]**2, atol=1e-13)
            np.testing.assert_array_equal(each[:, 1], np.abs(a @ w - y)[:11] < 1)
            self.assertEqual(f(w), f.value(w)[0])
            thalweg.plane(f, points=2)
        self.assertTrue(bits(model) == before)

    def test_precision(self):
        """Blocks in the model's precision, sums in double; parts of a pair are weighted by their samples."""
        model, data = small(torch.float32)
        f = thalweg.torch.Objective(model, cross_entropy, data)
        self.assertEqual((f.precision, f.noise), (2.0**-24, 2.0**-24))
        twin = thalweg.torch.Objective(small()[0], cross_entropy, data)  # a model in double, data in single
        self.assertEqual((twin.precision, twin.noise), (2.0**-53, 0))
        self.assertAlmostEqual(f(None), twin(None), places=6)
        self.assertNotEqual(f(None), twin(None))
        parts = thalweg.torch.Objective(twin.model, cross_entropy, data, batch_size=7)
        self.assertAlmostEqual(parts(None), twin(None), places=14)
        value, gradient = parts.value_and_gradient(parts.start)
        np.testing.assert_allclose(gradient, twin.value_and_gradient(twin.start)[1], atol=1e-15)
        half = thalweg.torch.Objective(torch.nn.Linear(2, 1).to(torch.bfloat16), lambda o, t: ((o - t)**2).mean(),
                                       (torch.ones(3, 2), torch.zeros(3, 1)))
        self.assertEqual(half.precision, 2.0**-8)
        self.assertTrue(np.isfinite(half(None)))

    def test_blocks(self):
        class Tied(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)
                self.b.weight = self.a.weight
                self.norm = torch.nn.LayerNorm(3)
                self.b.bias.requires_grad_(False)

            def forward(self, x):
                return self.norm(self.b(torch.tanh(self.a(x))))

        model, data = Tied().double(), (torch.randn(8, 3).double(), torch.randn(8, 3).double())
        f = thalweg.torch.Objective(model, functional.mse_loss, data)
        self.assertEqual(f.roles, {"a.weight": "weight", "a.bias": "bias", "norm.weight": "norm", "norm.bias": "norm"})
        self.assertEqual(f.blocks, {"a.weight": (3, 3), "a.bias": (3,), "norm.weight": (3,), "norm.bias": (3,)})
        self.assertTrue(thalweg.check_gradient(f))
        every = thalweg.torch.Objective(model, functional.mse_loss, data, frozen=True)
        self.assertEqual(list(every.blocks), ["a.weight", "a.bias", "b.bias", "norm.weight", "norm.bias"])
        self.assertTrue(thalweg.check_gradient(every))
        self.assertFalse(model.b.bias.requires_grad)
        self.assertEqual(small()[1][0].shape[0], thalweg.torch.Objective(small()[0], cross_entropy, small()[1]).samples)

    def test_points(self):
        """As vectors, dicts, state dictionaries and models; and back into the model."""
        model, data = small()
        f = thalweg.torch.Objective(model, cross_entropy, data)
        torch.manual_seed(8)
        other = Small().double().eval()
        x = f.vector(other)
        np.testing.assert_array_equal(x, np.concatenate([p.detach().numpy().ravel() for p in other.parameters()]))
        for point in (other, other.state_dict(), {"module." + k: v for k, v in other.state_dict().items()},
                      {k: v.detach().numpy() for k, v in other.named_parameters()}):
            self.assertEqual(f(point), f(x))
        self.assert_line(thalweg.ShapeError, "there is no 'conv.weight'", f, torch.nn.Linear(2, 2))
        s = thalweg.slice(f, to=other, points=3, xlim=(0, 1))
        self.assertAlmostEqual(s.loss[2], f(x), places=14)
        f.load(x)
        np.testing.assert_array_equal(f.start, x)
        channels = small()[0].to(memory_format=torch.channels_last)
        g = thalweg.torch.Objective(channels, cross_entropy, data)
        self.assertAlmostEqual(g(x), f(x), places=14)

    def test_several_inputs(self):
        class Two(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.w = torch.nn.Parameter(torch.ones(2))

            def forward(self, a, b):
                return self.w[0] * a + self.w[1] * b

        a, b, y = torch.randn(6), torch.randn(6), torch.randn(6)
        model = Two()
        wanted = float(((a + b - y)**2).mean())
        for batch in (((a, b), y), ({"a": a, "b": b}, y)):
            self.assertAlmostEqual(thalweg.torch.Objective(model, functional.mse_loss, [batch])(None), wanted, places=6)
        f = thalweg.torch.Objective(model, functional.mse_loss, [(a, b, y)],
                                    forward=lambda model, batch: (model(batch[0], batch[1]), batch[2]))
        self.assertAlmostEqual(f(None), wanted, places=6)
        self.assert_line(thalweg.CallbackError, "not a pair", thalweg.torch.Objective(model, functional.mse_loss,
                                                                                      [(a, b, y)]), None)


class Norms(Case):
    """Batch normalisation by each policy."""

    def test_policies(self):
        model, data = small()
        with torch.no_grad():
            frozen = float(cross_entropy(model(data[0]), data[1]))
            model.train()
            batch = float(cross_entropy(model(data[0]), data[1]))
            model.norm.reset_running_stats()
            model.norm.momentum = None
            model(data[0])
            settled = float(cross_entropy(model.eval()(data[0]), data[1]))
        self.assertGreater(min(abs(frozen - batch), abs(batch - settled)), 1e-5)
        model, data = small()
        for mode in (True, False):
            model.train(mode)
            before = bits(model)
            for policy, truth in (("frozen", frozen), ("batch", batch), ("reestimated", settled)):
                f = thalweg.torch.Objective(model, cross_entropy, data, bn=policy)
                self.assertAlmostEqual(f(None), truth, places=14, msg=policy)
                self.assertTrue(bits(model) == before)
                if policy != "reestimated":
                    self.assertTrue(thalweg.check_gradient(f, sample=5))
            self.assertTrue(bits(model) == before)
        self.assert_line(thalweg.UnsupportedError, "gradient", thalweg.minimize, f, method="gd")
        thalweg.plane(f, points=3)

    def test_errors_reestimated(self):
        """Losses of samples are those of the statistics at the point as well."""
        model, data = small()
        f = thalweg.torch.Objective(model, torch.nn.CrossEntropyLoss(), data, bn="reestimated")
        plain, s = thalweg.plane(f, points=3), thalweg.plane(f, points=3, errors=True)
        np.testing.assert_allclose(s.loss, plain.loss, rtol=1e-13)
        self.assertGreater(s["train_loss_se"].min(), 0)

    def test_cancelled(self):
        """The gradient of a bias before a normalisation is 0, of which rounding leaves what it likes."""
        for seed in range(25):
            torch.manual_seed(seed)
            model = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.BatchNorm1d(3)).double()
            data = torch.randn(8, 3).double(), torch.randint(0, 3, (8,))
            f = thalweg.torch.Objective(model, cross_entropy, data, bn="batch")
            self.assertEqual(thalweg.check_gradient(f).verdict, "pass", seed)

    def test_interpolated(self):
        """The other end of a line is the other model, its statistics with it."""
        model, data = small()
        torch.manual_seed(9)
        other = Small()
        other(3 * torch.randn(50, 1, 6, 6) + 1)
        other = other.double().eval()
        f = thalweg.torch.Objective(model, cross_entropy, data, bn="interpolated")
        before = bits(model)
        s = thalweg.slice(f, to=other, points=9, xlim=(-15, 1))
        self.assertTrue(np.isfinite(s.loss).all())  # where variances would be below 0
        s = thalweg.slice(f, to=other, points=3, xlim=(0, 1))
        with torch.no_grad():
            self.assertAlmostEqual(s.loss[2], float(cross_entropy(other(data[0]), data[1])), places=13)
        frozen = thalweg.torch.Objective(model, cross_entropy, data)
        self.assertGreater(abs(thalweg.slice(frozen, to=other, points=3, xlim=(0, 1)).loss[2] - s.loss[2]), 1e-4)
        d = thalweg.directions(f, dy=None)
        self.assertEqual(np.abs(d.x[-8:]).max(), 0)
        self.assertTrue(thalweg.check_gradient(f, sample=5))
        self.assertTrue(bits(model) == before)


class Studies(Case):
    """Every function of the library's on a model."""

    def test_errors(self):
        model, data = small(count=600)
        f = thalweg.torch.Objective(model, torch.nn.CrossEntropyLoss(), data, metrics="accuracy", batch_size=100)
        s = thalweg.plane(f, points=3, errors=True)
        with torch.no_grad():
            each = cross_entropy(model(data[0]), data[1], reduction="none").numpy()
            right = (model(data[0]).argmax(1) == data[1]).double().mean()
        self.assertAlmostEqual(s.loss[1, 1], each.mean(), places=13)
        self.assertAlmostEqual(s["train_loss_se"][1, 1], each.std(ddof=1) / np.sqrt(600), places=13)
        self.assertAlmostEqual(s["train_acc"][1, 1], 100 * float(right), places=12)
        s = thalweg.plane(f, points=3, tolerance=0.2)
        self.assertLess(s.samples, 600)
        self.assertAlmostEqual(s.loss[1, 1], each[:s.samples].mean(), places=13)
        own = thalweg.torch.Objective(model, lambda o, t: cross_entropy(o, t), data)
        self.assert_line(thalweg.ArgumentError, "reduction='none'", thalweg.plane, own, errors=True)
        weighted = thalweg.torch.Objective(model, torch.nn.CrossEntropyLoss(torch.tensor([1.0, 2, 3]).double()), data)
        self.assert_line(thalweg.CallbackError, "weights of classes", thalweg.plane, weighted, errors=True)

    def test_all(self):
        model, data = small()
        before = bits(model)
        f = thalweg.torch.Objective(model, cross_entropy, data, metrics="accuracy")
        check = thalweg.check_gradient(f)
        self.assertEqual((check.verdict, check.hessian_verdict), ("pass", "pass"))
        whole = thalweg.plane(f, norm="filter", points=21)
        s = thalweg.plane(f, norm="filter", points=21, adaptive=0.02, file=self.path("plane.h5"))
        self.assertLess(np.abs(s.loss - whole.loss).max(), 0.02 * np.ptp(whole.loss))
        self.assertLess(s.evaluated, 441)
        again = thalweg.plane(f, norm="filter", points=21, adaptive=0.02, file=self.path("plane.h5"))
        np.testing.assert_array_equal(again.loss, s.loss)
        self.assertGreater(again.continued, 0)
        spectrum = thalweg.spectrum(f, largest=1, smallest=1)
        e = spectrum.largest_vectors[0]
        np.testing.assert_allclose(f.hessian_product(f.start, e), spectrum.largest[0] * e, atol=1e-5)
        curved = thalweg.slice(f, points=3, curvature=True)
        self.assertAlmostEqual(curved["max_eig"][1], spectrum.largest[0], delta=1e-2 * spectrum.largest[0])
        gradient = thalweg.gradient(f)
        self.assert_within(gradient.value, f.value_and_gradient(f.start)[1], gradient.error, slack=3)
        d = thalweg.minimize(f, iterations=20)
        self.assertLess(d.fun, 0.5 * f(None))
        self.assertTrue(bits(model) == before)
        single = thalweg.torch.Objective(small(torch.float32)[0], cross_entropy, data)
        self.assertEqual(thalweg.check_gradient(single, rtol=0.05).verdict, "pass")

    def test_single_precision(self):
        """Right gradients in single precision are not found wrong, kinks or not, and wrong ones are."""
        class Wrong(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x.clone()

            @staticmethod
            def backward(ctx, g):
                return 1.01 * g

        class Model(torch.nn.Sequential):
            def forward(self, x):
                return Wrong.apply(super().forward(x))

        for seed in range(3):
            torch.manual_seed(seed)
            layers = [torch.nn.Conv2d(1, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.ReLU(), torch.nn.Flatten(),
                      torch.nn.Linear(48, 4), torch.nn.ReLU(), torch.nn.Linear(4, 3)]
            data = torch.randn(8, 1, 6, 6), torch.arange(8) % 3
            right = torch.nn.Sequential(*layers).to([torch.float32, torch.bfloat16][seed % 2]).eval()
            before = bits(right) if seed % 2 == 0 else None
            f = thalweg.torch.Objective(right, torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 1.0])), data)
            self.assertEqual(thalweg.check_gradient(f).verdict, "pass", seed)
            self.assertTrue(before is None or bits(right) == before)
            wrong = thalweg.torch.Objective(Model(*layers).float().eval(), cross_entropy, data)
            self.assertEqual(thalweg.check_gradient(wrong).cause, "factor", seed)

    def test_sparse(self):
        """Embeddings whose gradients are sparse tensors."""
        torch.manual_seed(0)
        layers = torch.nn.Embedding(6, 3, sparse=True), torch.nn.Flatten(), torch.nn.Linear(6, 3)
        model = torch.nn.Sequential(*layers).double()
        f = thalweg.torch.Objective(model, cross_entropy, (torch.arange(12).reshape(6, 2) % 6, torch.arange(6) % 3))
        check = thalweg.check_gradient(f)
        self.assertEqual((check.verdict, check.hessian_verdict), ("pass", "pass"))

    def test_faults(self):
        """Gradients that are wrong by their author's fault."""
        class Wrong(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return torch.tanh(x)

            @staticmethod
            def backward(ctx, g):
                x, = ctx.saved_tensors
                return g * (1 - torch.tanh(x))  # a square is missing

        class Once(Wrong):
            @staticmethod
            @torch.autograd.function.once_differentiable
            def backward(ctx, g):
                x, = ctx.saved_tensors
                return g * (1 - torch.tanh(x)**2)

        class Model(torch.nn.Module):
            def __init__(self, function):
                super().__init__()
                self.first, self.last, self.function = torch.nn.Linear(4, 5), torch.nn.Linear(5, 3), function

            def forward(self, x):
                return self.last(self.function.apply(self.first(x)))

        data = torch.randn(9, 4).double(), torch.arange(9) % 3
        wrong = thalweg.torch.Objective(Model(Wrong).double(), cross_entropy, data)
        check = thalweg.check_gradient(wrong)
        self.assertEqual([check.blocks[name].verdict for name in wrong.blocks], ["fail", "fail", "pass", "pass"])
        once = thalweg.torch.Objective(Model(Once).double(), cross_entropy, data)
        self.assert_line(thalweg.UnsupportedError, "second derivatives", once.hessian_product, once.start, once.start)
        self.assert_line(thalweg.UnsupportedError, "product='differences'", thalweg.spectrum, once)
        self.assertGreater(thalweg.spectrum(once, product="differences").largest[0], 0)


class Refusals(Case):
    def test_modes(self):
        model, data = small()
        make = thalweg.torch.Objective
        model.train()
        self.assert_line(thalweg.ArgumentError, "model.eval()", make, model, cross_entropy, data)
        f = make(model.eval(), cross_entropy, data)
        model.train()  # later
        self.assert_line(thalweg.ArgumentError, "bn='batch'", thalweg.plane, f)
        drop = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Dropout(0.5))
        batch = torch.randn(4, 3), torch.arange(4) % 3
        self.assert_line(thalweg.ArgumentError, "'1' is dropout", make, drop, cross_entropy, batch)
        make(drop.eval(), cross_entropy, batch)

        class Hidden(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.l = torch.nn.Linear(3, 3)

            def forward(self, x):
                return functional.dropout(self.l(x), 0.5)

        f = make(Hidden().eval(), cross_entropy, batch)
        self.assert_line(thalweg.CallbackError, "not a function of the parameters", thalweg.plane, f)
        self.assert_line(thalweg.CallbackError, "not a function of the parameters", f.value_and_gradient, f.start)
        self.assert_line(thalweg.CallbackError, "not a function of the parameters", thalweg.spectrum, f)

    def test_data(self):
        model, data = small()
        make, items = thalweg.torch.Objective, torch.utils.data.TensorDataset(*data)
        shuffled = torch.utils.data.DataLoader(items, shuffle=True)
        self.assert_line(thalweg.ArgumentError, "shuffle=False", make, model, cross_entropy, shuffled)
        self.assertEqual(make(model, cross_entropy, list(shuffled)).samples, 20)
        cases = (("iterator", iter([data])), ("is wanted, not a int", 3), ("20 inputs and 3 targets", (data[0], data[1][:3])))
        for words, given in cases:
            self.assert_line(thalweg.ArgumentError, words, make, model, cross_entropy, given)
        self.assert_line(thalweg.CallbackError, "no samples", make(model, cross_entropy, []), None)
        part = torch.utils.data.DataLoader(items, batch_size=6, drop_last=True)
        self.assertEqual(make(model, cross_entropy, part).samples, 18)

        class Drawn(torch.utils.data.Dataset):
            def __len__(self):
                return 20

            def __getitem__(self, k):
                return data[0][k] + torch.rand(1), data[1][k]

        self.assert_line(thalweg.CallbackError, "transform that draws", make(model, cross_entropy, Drawn()), None)

    def test_words(self):
        model, data = small()
        make = thalweg.torch.Objective
        self.assert_line(thalweg.ArgumentError, "bn: 'of' is none of", make, model, cross_entropy, data, bn="of")
        self.assert_line(thalweg.ArgumentError, "model.to('cuda')", make, model, cross_entropy, data, device="cuda")
        self.assert_line(thalweg.ArgumentError, "reduction='mean'", make, model, torch.nn.MSELoss(reduction="sum"), data)
        self.assert_line(thalweg.ArgumentError, "a torch.nn.Module is wanted", make, small, cross_entropy, data)
        self.assert_line(thalweg.ArgumentError, "no parameters", make, torch.nn.ReLU(), cross_entropy, data)
        self.assert_line(thalweg.ArgumentError, "by its name alone", make, model, cross_entropy, data, metrics="f1")
        self.assert_line(thalweg.ArgumentError, "MSELoss()", make, model, torch.nn.MSELoss, data)
        self.assert_line(thalweg.ArgumentError, "device: ", make, model, cross_entropy, data, device="nowhere")
        meta = torch.nn.Linear(2, 2, device="meta")
        self.assert_line(thalweg.ArgumentError, "has no numbers", make, meta, cross_entropy, data)
        f = make(model, cross_entropy, [data], forward=lambda model, batch: model(batch[0]))
        self.assert_line(thalweg.CallbackError, "not a pair (outputs, targets)", f, None)
        make(model, cross_entropy, data, device="cpu")
        with self.assertRaises(RuntimeError):  # PyTorch's own, with its own traceback
            thalweg.plane(make(model, cross_entropy, (data[0][:, :, :4], data[1])))
        twice = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
        twice[1].weight.data = twice[0].weight.data
        self.assert_line(thalweg.ArgumentError, "one memory", make, twice, cross_entropy, data)

    def test_import(self):
        """PyTorch is imported when it is asked for, and missed in one line."""
        code = ("import sys\nsys.path.insert(0, sys.argv[1])\nimport thalweg\nassert 'torch' not in sys.modules\n"
                "sys.modules['torch'] = None\ntry:\n    thalweg.torch\nexcept ImportError as e:\n    print(e)\n"
                "try:\n    thalweg.tensorflow\nexcept AttributeError as e:\n    print(e)\n")
        done = subprocess.run([sys.executable, "-c", code, SOURCE + "/python"], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.splitlines(), ["thalweg.torch needs PyTorch: install python3-torch, or pip install "
                                                    "torch", "module 'thalweg' has no attribute 'tensorflow'"])


class Back(Case):
    """Models are as they were, whatever ends the work."""

    def failing(self, error, at):
        calls = []

        class Model(Small):
            def forward(self, x):
                calls.append(1)
                if len(calls) == at + 1:
                    error()
                self.conv.weight.sum()
                return super().forward(x)

        torch.manual_seed(1)
        model = Model().double()
        model(torch.randn(9, 1, 6, 6).double())
        model.register_buffer("seen", torch.zeros(1))
        return model.eval(), (torch.randn(5, 1, 6, 6).double(), torch.arange(5) % 3)

    def test_exceptions(self):
        def broken():
            raise ZeroDivisionError("of the model")

        for at in (1, 2, 5):
            for bn in ("frozen", "batch", "reestimated"):
                model, data = self.failing(broken, at)
                before = bits(model)
                f = thalweg.torch.Objective(model, cross_entropy, data, bn=bn)
                with self.assertRaisesRegex(ZeroDivisionError, "of the model"):
                    thalweg.plane(f, points=5)
                self.assertTrue(bits(model) == before)
                model, data = self.failing(broken, at)
                before = bits(model)
                with self.assertRaises(ZeroDivisionError):
                    f = thalweg.torch.Objective(model, cross_entropy, data, bn=bn)
                    for _ in range(6):
                        f.value(f.start)
                self.assertTrue(bits(model) == before)

    def test_interrupts(self):
        """Ctrl-C in the model, and at any time."""
        model, data = self.failing(lambda: signal.raise_signal(signal.SIGINT), 4)
        before = bits(model)
        f = thalweg.torch.Objective(model, cross_entropy, data)
        with self.assertRaises(KeyboardInterrupt):
            thalweg.plane(f, points=5)
        self.assertTrue(bits(model) == before)
        model, data = small()
        f = thalweg.torch.Objective(model, cross_entropy, data)
        before, start = bits(model), f.start
        main_thread = threading.main_thread().ident
        for k in range(40):
            timer = threading.Timer(0.0005 + 0.0003 * k, signal.pthread_kill, (main_thread, signal.SIGINT))
            try:
                timer.start()
                if k % 2:
                    thalweg.minimize(f, iterations=400)
                else:
                    for _ in range(200):
                        f.value(start)
                timer.join()
                time.sleep(0.1)  # where it comes too late
            except KeyboardInterrupt:
                pass
            timer.join()
            self.assertTrue(bits(model) == before, k)
        self.assertEqual(signal.getsignal(signal.SIGINT), signal.default_int_handler)

    def test_buffers(self):
        """A model that counts its calls counts no call of ours."""
        class Counts(torch.nn.Linear):
            def __init__(self):
                super().__init__(3, 3)
                self.register_buffer("calls", torch.zeros(()))
                self.register_buffer("mean", torch.zeros(3))

            def forward(self, x):
                self.calls += 1
                self.mean = 0.9 * self.mean + 0.1 * x.mean(0)
                return super().forward(x)

        model = Counts()
        data = torch.randn(4, 3), torch.arange(4) % 3
        before = bits(model)
        f = thalweg.torch.Objective(model, cross_entropy, data)
        thalweg.plane(f, points=3)
        self.assertTrue(bits(model) == before)

    def test_threads(self):
        """Two threads on one model take turns."""
        model, data = small()
        f = thalweg.torch.Objective(model, cross_entropy, data)
        wanted = thalweg.plane(f, points=9, seed=1).loss, thalweg.plane(f, points=9, seed=2).loss
        points = f.start, 2 * f.start
        product = [f.hessian_product(x, points[0]) for x in points]
        found = [None] * 4

        def work(k):
            found[k] = thalweg.plane(f, points=9, seed=k + 1).loss

        def products(k):
            found[2 + k] = max(np.abs(f.hessian_product(points[k], points[0]) - product[k]).max() for _ in range(60))

        threads = [threading.Thread(target=what, args=(k,)) for k in range(2) for what in (work, products)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for k in range(2):
            np.testing.assert_array_equal(found[k], wanted[k])
        self.assertLess(max(found[2:]), 1e-14)

    def test_memory(self):
        """Nothing is left of an objective that nobody has, and no graph after a call."""
        model, data = small()
        f = thalweg.torch.Objective(model, cross_entropy, data)
        thalweg.spectrum(f)
        self.assertIsNone(f._graph)
        gone = weakref.ref(f)
        del f
        gc.collect()
        self.assertIsNone(gone())


class Records(Case):
    def test_record(self):
        model, data = small(torch.float32)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        path, seen = self.path("run.h5"), [thalweg.torch.Objective(model, cross_entropy, data).start]
        with thalweg.torch.record(model, path, every=3, columns=("accuracy",)) as recorder:
            for k in range(1, 11):
                optimizer.zero_grad()
                loss = cross_entropy(model(data[0]), data[1])
                loss.backward()
                optimizer.step()
                recorder.step(loss, accuracy=k / 10)
                if k % 3 == 0 or k == 10:
                    seen.append(thalweg.torch.Objective(model, cross_entropy, data).start)
                if k == 6:
                    self.assertEqual(len(recorder), 3)
        t = thalweg.read(path)
        self.assertEqual(t["iteration"].tolist(), [0, 3, 6, 9, 10])
        self.assertEqual(t["accuracy"][1:].tolist(), [0.3, 0.6, 0.9, 1.0])
        self.assertTrue(np.isnan(t["train_loss"][0]) and t["train_loss"][4] == np.float64(loss.detach()))
        for k in range(5):
            np.testing.assert_array_equal(t[k], seen[k])
        f = thalweg.torch.Objective(model, cross_entropy, data)
        s = thalweg.plane(f, trajectory=path, points=11)
        self.assertAlmostEqual(s.paths[0].loss[-1], f(None), places=6)
        self.assertEqual(list(t.shapes), list(f.blocks))
        self.assert_line(thalweg.ArgumentError, "every: 0", thalweg.torch.record, model, path, every=0)

    def test_crash(self):
        """What was recorded before the program died is read."""
        code = ("import os, sys\nsys.path.insert(0, sys.argv[1])\nimport thalweg, torch\n"
                "model = torch.nn.Linear(3, 2)\nr = thalweg.torch.record(model, sys.argv[2])\n"
                "for k in range(4):\n    model.bias.data += 1\n    r.step(k)\nos.kill(os.getpid(), 9)\n")
        path = self.path("run.h5")
        done = subprocess.run([sys.executable, "-c", code, SOURCE + "/python", path], check=False)
        self.assertEqual(done.returncode, -9)
        t = thalweg.read(path)
        np.testing.assert_allclose([t[k][-1] - t[0][-1] for k in range(len(t))], np.arange(5), atol=1e-6)

    def test_docstrings(self):
        from thalweg import _torch_record
        results = [doctest.testmod(module) for module in (thalweg.torch, _torch_record)]
        self.assertEqual([(result.failed, result.attempted > 5) for result in results], [(0, True)] * 2)
        for thing in (thalweg.torch.Objective.__init__, thalweg.torch.record, thalweg.torch.Recorder.step):
            self.assertIn("return", typing.get_type_hints(thing))


if __name__ == "__main__":
    main()
