"""ResNet-20 through thalweg.torch against planes and derivatives that others computed."""
from support import Case, main, np, thalweg
from torch_support import bits, images, resnet20, shared, torch


class Networks(Case):
    def setUp(self):
        super().setUp()
        found = [shared("models", "resnet20-12fca82f.th"), shared("cifar-10-subset", "cifar-10-batches-py"),
                 shared("reference", "resnet20-plane", "surface.h5"), shared("reference", "curvature", "resnet20-v.npy")]
        if not all(found):
            self.skipTest("there is no shared folder with ResNet-20 and its references")
        self.weights, self.data = found[:2]

    def test_plane(self):
        """Points of the plane that tomgoldstein/loss-landscape made of 200 images."""
        theirs = thalweg.read(shared("reference", "resnet20-plane", "surface.h5"))
        model = resnet20(self.weights)
        before = bits(model)
        batches = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*images(self.data, 200)), batch_size=80)
        f = thalweg.torch.Objective(model, torch.nn.CrossEntropyLoss(), batches, metrics="accuracy")
        s = thalweg.plane(f, directions=shared("reference", "resnet20-plane", "directions.h5"), points=(2, 1),
                          ylim=(-1, -1))
        part = np.ix_([0], [0, 10])
        np.testing.assert_allclose(s.loss, theirs.loss[part], rtol=1e-4)
        accuracy = theirs[next(name for name in theirs.values if name.endswith("acc"))][part]
        np.testing.assert_allclose(s["train_acc"], accuracy, atol=1e-9)
        self.assertTrue(bits(model) == before)

    def test_product(self):
        """A Hessian product on 100 images in double precision."""
        model = resnet20(self.weights).double()
        before = bits(model)
        f = thalweg.torch.Objective(model, torch.nn.functional.cross_entropy, images(self.data, 100, torch.float64))
        v, truth = (np.load(shared("reference", "curvature", f"resnet20-{name}.npy")) for name in ("v", "hv-100"))
        product = f.hessian_product(f.start, v)
        np.testing.assert_allclose(product, truth, rtol=0, atol=1e-9 * np.abs(truth).max())
        self.assertTrue(bits(model) == before)


if __name__ == "__main__":
    main()
