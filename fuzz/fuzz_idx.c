/* fuzz_idx.c: a pair of IDX files, samples and labels. */
#include "data/labelled.h"
#include "fuzz_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *first, *second;
    fuzz_files(data, size, &first, &second);
    const tw_dataset_options options = {0};
    tw_tensor samples = TW_TENSOR_CLOSED, tensor = TW_TENSOR_CLOSED;
    tw_class_labels labels = {0};
    tw_collector collector = {0};
    tw_dataset *dataset = NULL;
    tw_status status = tw_tensor_open_idx(&samples, first);
    if (status == TW_OK)
        status = tw_tensor_open_idx(&tensor, second);
    if (status == TW_OK)
        status = tw_class_labels_read(&tensor, 0, &labels);
    if (status == TW_OK)
        status = tw_collector_begin(&collector, first, &options);
    if (status == TW_OK)
        status = tw_labelled_read("fuzz", &samples, second, &labels, &collector);
    if (status == TW_OK)
        status = tw_collector_finish(&collector, &dataset);
    else
        tw_collector_release(&collector);
    if (dataset != NULL)
        fuzz_check(dataset);
    tw_dataset_free(dataset);
    tw_tensor_close(&samples);
    tw_tensor_close(&tensor);
    tw_class_labels_release(&labels);
    return 0;
}
