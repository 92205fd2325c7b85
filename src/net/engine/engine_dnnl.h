/* engine_dnnl.h: oneDNN (2.x), which the files *_dnnl*.c of this folder alone know.
 *
 * oneDNN's threads (OpenMP) are told to be one around every call, and put back as they were for the
 * rest of the process.
 */
#ifndef TW_NET_ENGINE_ENGINE_DNNL_H
#define TW_NET_ENGINE_ENGINE_DNNL_H

#include <dnnl.h>

#include "thalweg/status.h"

/* One thread from here on; how many there were, for tw_dnnl_threads_back. */
int tw_dnnl_threads_to_one(void);
void tw_dnnl_threads_back(int before);

/* Says what failed: "convolution". */
tw_status tw_dnnl_failed(const char *what, dnnl_status_t status);

/* The processor's, one for the whole process and never destroyed; NULL where there is none. */
dnnl_engine_t tw_dnnl_engine(void);

#endif
