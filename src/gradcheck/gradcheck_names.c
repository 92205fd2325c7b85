/* gradcheck_names.c: the words for verdicts, reasons and causes. */
#include "thalweg/gradcheck.h"

static const char *const verdicts[] = {
    [TW_VERDICT_PASS] = "pass",
    [TW_VERDICT_FAIL] = "fail",
    [TW_VERDICT_INCONCLUSIVE] = "inconclusive",
    [TW_VERDICT_NOT_MOVED] = "not moved",
    [TW_VERDICT_NOT_TESTED] = "not tested",
};

static const char *const reasons[] = {
    [TW_REASON_NONE] = "",
    [TW_REASON_KINK] = "kink",
    [TW_REASON_JUMP] = "jump",
    [TW_REASON_NOISE] = "noise",
    [TW_REASON_DOMAIN] = "domain",
    [TW_REASON_NOT_FINITE] = "not finite",
    [TW_REASON_NOT_WRITTEN] = "not written",
    [TW_REASON_NOT_REPEATED] = "not repeated",
    [TW_REASON_BUDGET] = "budget",
    [TW_REASON_SMALL] = "small",
    [TW_REASON_CONTRADICTED] = "contradicted",
};

static const char *const causes[] = {
    [TW_CAUSE_NONE] = "none",
    [TW_CAUSE_SIGN] = "sign",
    [TW_CAUSE_FACTOR] = "factor",
    [TW_CAUSE_SAMPLES] = "samples",
    [TW_CAUSE_REGULARIZER] = "regularizer",
    [TW_CAUSE_TRANSPOSED] = "transposed",
    [TW_CAUSE_PERMUTED] = "permuted",
    [TW_CAUSE_ZERO] = "zero",
    [TW_CAUSE_NOT_WRITTEN] = "not written",
    [TW_CAUSE_STALE] = "stale",
    [TW_CAUSE_ONE_ENTRY] = "one entry",
    [TW_CAUSE_RANGE] = "range",
    [TW_CAUSE_TAIL] = "tail",
    [TW_CAUSE_PRECISION] = "precision",
    [TW_CAUSE_NOT_FINITE] = "not finite",
    [TW_CAUSE_NOT_REPEATED] = "not repeated",
    [TW_CAUSE_UNKNOWN] = "unknown",
};

static const char *name_of(const char *const *names, size_t count, size_t index) {
    return index < count ? names[index] : NULL;
}

const char *tw_verdict_name(size_t verdict) {
    return name_of(verdicts, sizeof verdicts / sizeof *verdicts, verdict);
}

const char *tw_reason_name(size_t reason) {
    return name_of(reasons, sizeof reasons / sizeof *reasons, reason);
}

const char *tw_cause_name(size_t cause) {
    return name_of(causes, sizeof causes / sizeof *causes, cause);
}
