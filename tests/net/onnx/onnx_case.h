/* onnx_case.h: one conformance case of the ONNX project, run by this project's networks. */
#ifndef ONNX_CASE_H
#define ONNX_CASE_H

typedef enum verdict {
    PASSED,
    DERIVATIVES, /* passed, and they were checked */
    REFUSED,
    WRONG
} verdict;

enum { WHY = 768 };

/* Runs the case of a folder: model.onnx, and test_data_set_N/{input,output}_K.pb. All inputs are
 * bound as known numbers and every output is compared in shape, type and, to 1e-3 relative and 1e-7
 * absolute as ONNX's own runner does, in numbers. Where an output depends on floating-point inputs,
 * they are then made parameters, and gradient, Hessian product and single precision are checked
 * against differences (derivative_check.h). why: what is wrong with it, or why it was refused. */
verdict run_case(const char *folder, char why[WHY]);

/* Runs a network of the `light` set, NAME.onnx with its NAME_output_0.pb: its input is k / n. */
verdict run_light(const char *model, char why[WHY]);

#endif
