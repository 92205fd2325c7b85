/* gradcheck_samples.h: reports of gradient checks that look like real ones. */
#ifndef TW_TESTS_GRADCHECK_SAMPLES_H
#define TW_TESTS_GRADCHECK_SAMPLES_H

#include "thalweg/plot.h"

/* Owned by the caller: check_free. */
tw_gradcheck *check_of_one(void); /* one block "x" of 10, all right */
tw_gradcheck *check_of_mlp(void); /* 8 blocks: one of a wrong factor, one with a wrong entry, one
                                     that noise hides, kinks, probes */
tw_gradcheck *check_of(size_t blocks); /* any number; every 23rd is wrong */
void check_free(tw_gradcheck *check);

#endif
