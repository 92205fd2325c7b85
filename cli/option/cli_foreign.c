/* Names of options elsewhere: PyTorch's and Keras' training scripts, SciPy, matplotlib,
 * tomgoldstein/loss-landscape, gradient checkers. */
#include "option/cli_foreign.h"

#include <stdio.h>
#include <string.h>

static const foreign_names table[] = {
    /* walking */
    {"lr learning-rate learningrate alpha eta eta0 step-size stepsize init-lr base-lr lr-init",
     "step steps", NULL},
    {"steps", "iterations", NULL},
    {"epochs epoch num-epochs n-epochs nepochs max-epochs max-epoch", "iterations",
     "mini-batches of --batch samples, not passes over the data"},
    {"max-iter maxiter max-iters max-iterations num-iterations num-iters n-iter niter iter iters "
     "num-steps n-steps nsteps max-steps total-steps maxsteps",
     "iterations max-evaluations", NULL},
    {"maxfev maxfun max-evals max-nfev maxeval", "max-evaluations iterations", NULL},
    {"optimizer optimiser optim opt algorithm algo solver updater", "method", NULL},
    {"adam sgd lbfgs rmsprop adagrad nesterov gd", "method", "with the name behind it"},
    {"batch-size batchsize bs minibatch mini-batch minibatch-size train-batch-size", "batch", NULL},
    {"weight-decay wd", "reg", "half a weight decay: R times the sum of squares joins the loss"},
    {"l2 l2-reg l2-penalty reg-strength regularization regularisation lambda lam regularizer",
     "reg", NULL},
    {"beta1 mu rho momentum-coefficient", "momentum", NULL},
    {"beta2", "square-decay", NULL},
    {"betas", "momentum", "the second is --square-decay"},
    {"scheduler lr-scheduler lr-schedule lr-policy", "schedule", NULL},
    {"gamma lr-decay decay-rate lr-decay-rate lr-gamma", "decay", NULL},
    {"lr-step lr-step-size decay-steps t-max step-every milestones", "period", NULL},
    {"log-interval log-every log-freq print-freq print-every eval-every print-interval disp iprint",
     "report-every", NULL},
    {"save-interval save-freq save-epoch checkpoint-freq checkpoint-interval ckpt-every",
     "every save-every", NULL},
    {"save-dir checkpoint-dir checkpoint-path ckpt-dir save-checkpoints", "trajectory",
     "one file for all checkpoints"},
    {"log-file logfile log-dir logdir history-file", "log", NULL},
    {"patience early-stopping", NULL, "a training takes the number of --iterations"},
    /* the model and its point */
    {"arch architecture net network model-name model-type net-type", "model", NULL},
    {"loss loss-name criterion objective function func fun", "model", "as in svm or softmax"},
    {"hidden hidden-size hidden-sizes hidden-dim hidden-layers layers num-layers units width depth "
     "hidden-layer-sizes",
     "model", "as in mlp:512,256"},
    {"act nonlinearity activation-function", "activation", NULL},
    {"delta hinge-margin", "margin", NULL},
    {"model-file model-path checkpoint ckpt resume resume-model load load-model pretrained params "
     "parameters state-dict weights-file weight theta",
     "weights", NULL},
    {"x0 start start-point point initial-point p0 guess", "at weights", NULL},
    {"initialization initialisation initializer init-scale weight-init std sigma", "init",
     "as in normal:1e-4"},
    {"command cmd program script executable", "exec", NULL},
    {"plugin library lib shared-object so", "model", "as in ./mine.so"},
    /* data */
    {"dataset datapath data-path data-dir datadir data-root dataroot data-folder root data-file "
     "input input-file train-data training-data trainset x-train",
     "data", NULL},
    {"data-split subset-name fold", "split", NULL},
    {"train test val validation evaluate", "split", "as in --split=test"},
    {"num-samples n-samples subset max-samples num-examples n-examples num-images n-train head",
     "limit sample", NULL},
    {"class class-names labels", "classes", NULL},
    {"resize crop center-crop image-size img-size imsize input-size", "size",
     "as in --size=224:256"},
    {"gray grey grayscale greyscale rgb", "color", "as in --color=grey"},
    {"index sample-index image image-index", "example", NULL},
    /* all commands */
    {"random-seed rand-seed random-state manual-seed rng-seed rng s", "seed", NULL},
    {"num-threads nthreads n-threads nthread jobs n-jobs num-workers workers cores ncores j t "
     "cpus num-cpus nproc parallel",
     "threads", NULL},
    {"silent no-progress", "quiet", NULL},
    {"verbose debug v verbosity", NULL, "progress and remarks are shown unless --quiet is given"},
    {"cuda gpu gpus ngpu device use-cuda no-cuda", NULL, "everything is computed on the CPU"},
    {"dtype precision double float float64 float32 fp16 amp half", NULL,
     "everything is computed in double precision"},
    {"mpi", NULL, "start it under mpirun: mpirun -n 4 thalweg plane ... (docs/cluster.md)"},
    {"output-file outfile out-file output-path save save-path save-to out-path dest o file "
     "surf-file surface-file save-as",
     "output", NULL},
    {"output-dir out-dir outdir folder dir", "output", NULL},
    {"force overwrite clobber", "restart", NULL},
    {"format fmt", NULL, "the ending of -o chooses the form"},
    {"no-json text", NULL, "text is printed unless --json is given"},
    /* lines, planes and pictures */
    {"xrange x-range xlim x-lim xnum x-num xmin x-min xmax x-max xs range", "x", NULL},
    {"yrange y-range ylim y-lim ynum y-num ymin y-min ymax y-max ys", "y", NULL},
    {"num-points n-points npoints points resolution grid grid-size num samples", "x",
     "the last number is how many"},
    {"dir-type", NULL,
     "directions are those of the parameters; --ignore=biasbn leaves out what 'states' adds"},
    {"dir-file direction-file direction-path", "directions", NULL},
    {"direction dir1 direction1 x-direction", "dx", NULL},
    {"dir2 direction2 y-direction", "dy", NULL},
    {"xnorm ynorm x-norm y-norm normalize normalise normalization filter-norm filter-normalize",
     "norm", NULL},
    {"xignore yignore x-ignore y-ignore", "ignore", NULL},
    {"same-dir", NULL, "--dx and --dy take the same file"},
    {"idx", "seed", "a repetition has a seed of its own"},
    {"model-file2", "to", NULL},
    {"model-file3", "third", NULL},
    {"model-files trajectory-file path paths", "trajectory", NULL},
    {"proj-file projection-file", "projection", NULL},
    {"raw-data trainloader testloader augment noaug no-augment", NULL,
     "images are taken as they are, without augmentation"},
    {"savefig figure fig image-file png pdf plot-file picture visualize show-plot", "plot output",
     NULL},
    {"show display", NULL, "pictures go to files: name one"},
    {"cmap color-map colour-map colourmap palette color colour", "colormap", NULL},
    {"vmin vmax vlevel contours nlevels num-levels contour-levels", "levels", NULL},
    {"logy log-y logx log-scale logscale semilogy yscale", "log", NULL},
    {"column key field quantity which y-column", "metric", NULL},
    {"acc accuracy", "metric", "as in --metric=train_acc"},
    {"3d surface contour heatmap type kind style projection-3d", "view", NULL},
    {"azim rotation rotate", "azimuth", NULL},
    {"elev tilt", "elevation", NULL},
    {"figsize size", "width", "with --height, in inches"},
    {"resolution-dpi ppi", "dpi", NULL},
    {"caption name label", "title", NULL},
    /* differences and checks */
    {"eps epsilon h rel-step abs-step relative-step absolute-step diff-step dx fd-step "
     "finite-diff-rel-step delta-x perturbation",
     "step diff-step", NULL},
    {"central forward complex ladder robust analytic numerical numeric", "method gradient",
     "with the name behind it"},
    {"order scheme difference differences mode grad-mode", "method gradient", NULL},
    {"method grad gradient-method", "gradient", NULL},
    {"error errors error-bars uncertainty stderr", "bars", NULL},
    {"relative-tolerance rel-tol reltol rtol thresh threshold tol tolerance ftol gtol xtol pgtol",
     "rtol tolerance", NULL},
    {"absolute-tolerance abs-tol abstol", "atol", NULL},
    {"check-all full exhaustive slow-mode", "all", NULL},
    {"fast-mode fast directional random-projection n-directions", "locate", NULL},
    {"num-checks nchecks n-checks num-entries", "sample", NULL},
    {"indices coordinates coords components", "entries", NULL},
    {"raise-exception", NULL, "the exit status says it: 0 pass, 1 fail, 4 cannot tell"},
    {"learning-rates lrs step-sizes lr-range", "steps", NULL},
};

foreign_names foreign_at(size_t index) {
    return index < sizeof table / sizeof table[0] ? table[index]
                                                  : (foreign_names){NULL, NULL, NULL};
}

int foreign_word(const char *list, size_t index, char *out, size_t size) {
    list += strspn(list, " ");
    for (; index > 0 && *list != '\0'; index--) {
        list += strcspn(list, " ");
        list += strspn(list, " ");
    }
    snprintf(out, size, "%.*s", (int)strcspn(list, " "), list);
    return out[0] != '\0';
}

int foreign_has(const foreign_names *row, const char *name) {
    char word[LONGEST_OPTION];
    for (size_t i = 0; foreign_word(row->names, i, word, sizeof word); i++)
        if (strcmp(word, name) == 0)
            return 1;
    return 0;
}

const char *foreign_command(const char *name) {
    static const foreign_names commands[] = {
        {"check grad-check gradient-check checkgrad verify test", "gradcheck", NULL},
        {"surface landscape contour grid surf 2d", "plane", NULL},
        {"line curve 1d interpolate linear path", "slice", NULL},
        {"evaluate loss value predict score", "eval", NULL},
        {"fit optimize optimise minimize minimise descend walk", "train", NULL},
        {"draw show view render picture figure", "plot", NULL},
        {"lr lr-find learning-rate step-size sweep", "steps", NULL},
        {"describe inspect ls list show-info summary", "info", NULL},
        {"download get", "fetch", NULL},
        {"diff derivative differentiate jacobian", "gradient", NULL},
        {"example examples tour quickstart start", "demo", NULL},
        {"export import", "convert", NULL},
        {"server daemon", "serve", NULL},
        {"completions", "completion", NULL},
        {"man usage", "help", NULL},
    };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (foreign_has(&commands[i], name))
            return commands[i].ours;
    return NULL;
}
