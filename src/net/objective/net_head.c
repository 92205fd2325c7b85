#include "net/objective/net_head.h"

#include <math.h>

static double target(const tw_net_head *head, size_t c, size_t label) {
    if (head->outputs == 1)
        return (double)label;
    double even = head->smoothing / (double)head->outputs;
    return even + (c == label ? 1 - head->smoothing : 0);
}

static double greatest(const tw_net_head *head, const double *s) {
    double most = s[0];
    for (size_t c = 1; c < head->outputs; c++)
        if (!(s[c] <= most) || isnan(most))
            most = isnan(most) ? most : s[c];
    return most;
}

/* log sum_c exp(s_c - s_label): about the label's own score, so that a small loss keeps its digits.
 */
static double log_of_sum(const tw_net_head *head, const double *s, size_t label) {
    double most = greatest(head, s), others = 0;
    if (!isfinite(most))
        return isnan(most) ? most : s[label] < most ? INFINITY : NAN;
    for (size_t c = 0; c < head->outputs; c++)
        if (c != label)
            others += exp(s[c] - most);
    if (s[label] == most)
        return log1p(others);
    return log(others + exp(s[label] - most)) + (most - s[label]);
}

/* With smoothing, sum_c t_c (s_y - s_c) is added to what the label alone would give. */
static double of_logits(const tw_net_head *head, const double *s, size_t label) {
    double loss = log_of_sum(head, s, label), moved = 0;
    if (head->smoothing == 0)
        return loss;
    for (size_t c = 0; c < head->outputs; c++)
        moved += s[label] - s[c];
    return loss + head->smoothing / (double)head->outputs * moved;
}

static double of_probabilities(const tw_net_head *head, const double *s, size_t label) {
    double loss = 0;
    for (size_t c = 0; c < head->outputs; c++) {
        double t = target(head, c, label);
        loss -= t != 0 ? t * log(s[c]) : 0;
    }
    return loss;
}

double tw_net_head_loss(const tw_net_head *head, const double *s, size_t label) {
    if (head->loss == TW_NETWORK_CROSS_ENTROPY)
        return head->probabilities ? of_probabilities(head, s, label) : of_logits(head, s, label);
    double sum = 0;
    for (size_t c = 0; c < head->outputs; c++) {
        double off = s[c] - target(head, c, label);
        sum += off * off;
    }
    return sum / (double)head->outputs;
}

/* p_c, and their sum without the label's. */
static double softmax(const tw_net_head *head, const double *s, size_t label, double *p) {
    double most = greatest(head, s), sum = 0, others = 0;
    for (size_t c = 0; c < head->outputs; c++)
        sum += p[c] = exp(s[c] - most);
    for (size_t c = 0; c < head->outputs; c++) {
        p[c] /= sum;
        others += c != label ? p[c] : 0;
    }
    return others;
}

void tw_net_head_gradient(const tw_net_head *head, const double *s, size_t label, double *g) {
    double count = (double)head->outputs;
    if (head->loss == TW_NETWORK_CROSS_ENTROPY && !head->probabilities) {
        /* p_y - 1 as minus the sum of the others: it keeps its digits where p_y is almost 1 */
        double others = softmax(head, s, label, g);
        g[label] = -others;
        for (size_t c = 0; head->smoothing != 0 && c < head->outputs; c++)
            g[c] += head->smoothing * ((c == label ? 1 : 0) - 1 / count);
        return;
    }
    for (size_t c = 0; c < head->outputs; c++) {
        double t = target(head, c, label);
        if (head->loss == TW_NETWORK_CROSS_ENTROPY)
            g[c] = t != 0 ? -t / s[c] : 0;
        else
            g[c] = 2 * (s[c] - t) / count;
    }
}

void tw_net_head_move(const tw_net_head *head, const double *s, size_t label, const double *ds,
                      double *dg) {
    double count = (double)head->outputs, mean = 0;
    if (head->loss == TW_NETWORK_CROSS_ENTROPY && !head->probabilities) {
        softmax(head, s, label, dg);
        for (size_t c = 0; c < head->outputs; c++)
            mean += dg[c] * ds[c];
        for (size_t c = 0; c < head->outputs; c++)
            dg[c] *= ds[c] - mean;
        return;
    }
    for (size_t c = 0; c < head->outputs; c++) {
        double t = target(head, c, label);
        if (head->loss == TW_NETWORK_CROSS_ENTROPY)
            dg[c] = t != 0 ? t / (s[c] * s[c]) * ds[c] : 0;
        else
            dg[c] = 2 * ds[c] / count;
    }
}

int tw_net_head_factor(const tw_net_head *head, const double *s, size_t label, size_t c,
                       double *a) {
    double t = target(head, c, label), count = (double)head->outputs;
    if (head->loss == TW_NETWORK_CROSS_ENTROPY && !head->probabilities) {
        double others = softmax(head, s, c, a), root = sqrt(a[c]); /* sqrt(p_c) (e_c - p) */
        for (size_t k = 0; k < head->outputs; k++)
            a[k] = k == c ? root * others : -root * a[k];
        return !(root <= 1e-15); /* NaN goes on */
    }
    for (size_t k = 0; k < head->outputs; k++)
        a[k] = 0;
    if (head->loss == TW_NETWORK_CROSS_ENTROPY)
        a[c] = t != 0 ? sqrt(t) / s[c] : 0;
    else
        a[c] = sqrt(2 / count);
    return a[c] != 0;
}

/* One output is a number: the label nearest to it is the answer. */
static size_t rank_of_number(double s, size_t label) {
    return fabs(s - (double)label) <= 0.5 ? 0 : 1;
}

size_t tw_net_head_rank(const tw_net_head *head, const double *s, size_t label) {
    size_t before = 0;
    if (head->outputs == 1)
        return rank_of_number(s[0], label);
    for (size_t c = 0; c < head->outputs; c++)
        if (c != label)
            before += !(s[c] < s[label] || (s[c] == s[label] && c > label));
    return before;
}

int tw_net_head_is_distribution(size_t outputs, const double *s) {
    double sum = 0;
    for (size_t c = 0; c < outputs; c++) {
        if (!(s[c] >= 0 && s[c] <= 1 + 1e-6))
            return 0;
        sum += s[c];
    }
    return fabs(sum - 1) < 1e-4;
}
