/* fuzz_input.h: the fuzzer's bytes as files, and what must hold of any dataset. */
#ifndef TW_FUZZ_INPUT_H
#define TW_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "thalweg/thalweg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Path of a file in memory that holds these bytes until the next call with the same slot, 0 or 1.
 */
const char *fuzz_file(int slot, const uint8_t *data, size_t size);

/* Two files in one input: the first two bytes are the length of the first, highest byte first. */
void fuzz_files(const uint8_t *data, size_t size, const char **first, const char **second);

/* Opens a dataset with options drawn from `choice`, looks at all of it, and stops the fuzzer if it
 * is not what dataset.h promises. */
void fuzz_open(const char *path, uint8_t choice);

/* Reads a file as every kind of result, and stops the fuzzer if what comes out is not what file.h
 * promises. */
void fuzz_results(const char *path);

/* Opens a checkpoint, reads all of its tensors, and stops the fuzzer if it is not what checkpoint.h
 * promises. */
void fuzz_checkpoint(const char *path);

/* The same as fuzz_open for a dataset that is there. */
void fuzz_check(const tw_dataset *dataset);

#endif
