#include "thalweg/fetch.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/versioned.h"
#include "fetch/fetch_set.h"

/* Digests and addresses as the authors publish them: Krizhevsky's page for CIFAR, the README of
 * Fashion-MNIST; the page of MNIST gives no digests and refuses many visitors, so that its files
 * come from PyTorch's copy first and the digests are those that torchvision checks. */
#define CIFAR_SITE "https://www.cs.toronto.edu/~kriz"
#define MNIST_FILES(a, b, c, d)                                                                    \
    {                                                                                              \
        {"train-images-idx3-ubyte.gz", a}, {"train-labels-idx1-ubyte.gz", b},                      \
            {"t10k-images-idx3-ubyte.gz", c}, {                                                    \
            "t10k-labels-idx1-ubyte.gz", d                                                         \
        }                                                                                          \
    }

static const tw_fetch_set sets[] = {
    {"cifar10",
     "cifar-10-batches-bin",
     1,
     {CIFAR_SITE},
     {{"cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530"}}},
    {"cifar10-python",
     "cifar-10-batches-py",
     1,
     {CIFAR_SITE},
     {{"cifar-10-python.tar.gz", "c58f30108f718f92721af3b95e74349a"}}},
    {"cifar100",
     "cifar-100-binary",
     1,
     {CIFAR_SITE},
     {{"cifar-100-binary.tar.gz", "03b5dce01913d631647c71ecec9e9cb8"}}},
    {"cifar100-python",
     "cifar-100-python",
     1,
     {CIFAR_SITE},
     {{"cifar-100-python.tar.gz", "eb9058c3a382ffc7106e4002c42a8d85"}}},
    {"mnist",
     "mnist",
     0,
     {"https://ossci-datasets.s3.amazonaws.com/mnist", "http://yann.lecun.com/exdb/mnist"},
     MNIST_FILES("f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
                 "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c")},
    {"fashion-mnist",
     "fashion-mnist",
     0,
     {"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"},
     MNIST_FILES("8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
                 "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310")},
};
enum { SETS = sizeof sets / sizeof *sets };

const char *tw_fetch_name(size_t index) {
    return index < SETS ? sets[index].name : NULL;
}

/* Hyphens are passed over. */
static int same_name(const char *a, const char *b) {
    for (;; a++, b++) {
        while (*a == '-')
            a++;
        while (*b == '-')
            b++;
        if (*a != *b || *a == '\0')
            return *a == *b;
    }
}

static const tw_fetch_set *find(const char *name) {
    for (size_t i = 0; i < SETS; i++)
        if (same_name(sets[i].name, name))
            return &sets[i];
    return NULL;
}

const char *tw_fetch_folder(const char *name) {
    const tw_fetch_set *set = name != NULL ? find(name) : NULL;
    return set != NULL ? set->folder : NULL;
}

static tw_status fail_name(const char *name) {
    char known[160] = "";
    for (size_t i = 0; i < SETS; i++) {
        strncat(known, i > 0 ? ", " : "", sizeof known - strlen(known) - 1);
        strncat(known, sets[i].name, sizeof known - strlen(known) - 1);
    }
    return tw_fail(TW_ERR_ARGUMENT, "unknown data set '%s'; known are %s", name, known);
}

tw_status tw_fetch(const char *name, const char *directory, const tw_fetch_options *options) {
    if (name == NULL || directory == NULL || *directory == '\0')
        return tw_fail(TW_ERR_ARGUMENT, "tw_fetch: NULL argument");
    const tw_fetch_set *set = find(name);
    tw_fetch_options taken;
    if (set == NULL)
        return fail_name(name);
    tw_status status = TW_TAKE(tw_fetch_options, progress_user, &taken, options);
    if (status != TW_OK)
        return status;
    struct stat info;
    int there = stat(directory, &info) == 0;
    status = tw_fetch_set_run(set, directory, &taken);
    if (status != TW_OK && !there)
        rmdir(directory); /* succeeds if nothing came that could be continued */
    return status;
}
