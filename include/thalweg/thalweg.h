/* thalweg.h: the whole public interface. Each header also stands alone. */
#ifndef THALWEG_H
#define THALWEG_H

#include "cpu.h"
#include "dataset.h"
#include "derivative.h"
#include "diff.h"
#include "export.h"
#include "fetch.h"
#include "file.h"
#include "functions.h"
#include "gradcheck.h"
#include "hessian.h"
#include "jacobian.h"
#include "landscape.h"
#include "linear.h"
#include "mlp.h"
#include "notes.h"
#include "objective.h"
#include "optim.h"
#include "plot.h"
#include "plugin.h"
#include "program.h"
#include "rng.h"
#include "run.h"
#include "shared_object.h"
#include "space.h"
#include "status.h"
#include "sweep.h"
#include "trajectory_plane.h"
#include "version.h"

#endif
