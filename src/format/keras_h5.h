/* keras_h5.h: the weights of Keras in HDF5. */
#ifndef TW_FORMAT_KERAS_H5_H
#define TW_FORMAT_KERAS_H5_H

#include "format/checkpoint_reader.h"

/* Adds the tensors of the file, or of the image of one that the checkpoint has. */
tw_status tw_keras_add(tw_checkpoint *checkpoint);

#endif
