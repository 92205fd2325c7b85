#include "draw/ticks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plain.h"

static const char MINUS[] = "\xe2\x88\x92";
static const char TIMES[] = "\xc3\x97";

/* Copies a number with U+2212 in place of the hyphen. */
static void copy_number(const char *number, char *text, size_t size) {
    size_t at = 0;
    for (; *number != '\0' && at + sizeof MINUS < size; number++) {
        if (*number == '-') {
            memcpy(text + at, MINUS, sizeof MINUS - 1);
            at += sizeof MINUS - 1;
        } else {
            text[at++] = *number;
        }
    }
    text[at] = '\0';
}

/* 10^exponent, after "MANTISSA×" unless mantissa is "". */
static void power_text(const char *mantissa, int exponent, char *text, size_t size) {
    snprintf(text, size, "%.12s%s10" TW_SUPER "%s%d" TW_BASE, mantissa, *mantissa ? TIMES : "",
             exponent < 0 ? MINUS : "", abs(exponent) % 1000);
}

void tw_number_digits(double value, int digits, char *text, size_t size) {
    char number[32], mantissa[32];
    double magnitude = fabs(value), half = 0.5 * pow(10, -digits);
    if (magnitude == 0 || !isfinite(value) ||
        (magnitude >= 1e-3 * (1 - half) && magnitude < 1e4 * (1 - 10 * half))) {
        if (digits == 3 && magnitude >= 999.5 && magnitude < 9995)
            tw_plain_print(number, sizeof number, "%.0f", value);
        else
            tw_plain_print(number, sizeof number, "%.*g", digits, value);
        copy_number(number, text, size);
        return;
    }
    tw_plain_print(number, sizeof number, "%.*e", digits - 1, value);
    char *e = strchr(number, 'e');
    int exponent = 0;
    sscanf(e + 1, "%d", &exponent);
    while (e > number && (e[-1] == '0' || e[-1] == '.') && strchr(number, '.') < e)
        e--;
    *e = '\0';
    copy_number(number, mantissa, sizeof mantissa);
    power_text(strcmp(mantissa, "1") == 0 ? "" : mantissa, exponent, text, size);
}

void tw_number_text(double value, char *text, size_t size) {
    tw_number_digits(value, 3, text, size);
}

int tw_digits_of(size_t count, const double *values) {
    enum { MOST = 8 };
    double gap = HUGE_VAL;
    for (size_t i = 1; i < count; i++)
        gap = fmin(gap, fabs(values[i] - values[i - 1]));
    for (int digits = 3; digits < MOST; digits++) {
        int enough = 1;
        for (size_t i = 0; i < count && enough; i++) {
            char number[32];
            tw_plain_print(number, sizeof number, "%.*e", digits - 1, values[i]);
            enough = fabs(tw_plain_read(number, NULL) - values[i]) <= 0.05 * gap;
        }
        if (enough)
            return digits;
    }
    return MOST;
}

int tw_decimals_of(size_t count, const double *values) {
    double gap = count > 1 ? (values[count - 1] - values[0]) / (double)(count - 1) : 0;
    int digits = tw_digits_of(count, values), most = 0;
    for (size_t i = 0; i < count; i++) {
        char number[32];
        double size = fabs(values[i]);
        if (!(gap > 0) || fabs(values[i] - values[0] - (double)i * gap) > 1e-6 * gap ||
            size >= 1e4 || (size < 1e-3 && size > 1e-6 * gap))
            return -1;
        if (size <= 1e-6 * gap)
            continue;
        tw_plain_print(number, sizeof number, "%.*g", digits, values[i]);
        const char *point = strchr(number, '.');
        int decimals = point != NULL && strchr(number, 'e') == NULL ? (int)strlen(point + 1) : 0;
        most = decimals > most ? decimals : most;
    }
    return count > 1 ? most : -1;
}

void tw_number_decimals(double value, int decimals, char *text, size_t size) {
    char number[64];
    tw_plain_print(number, sizeof number, "%.*f", decimals, value);
    copy_number(strspn(number, "-0.") == strlen(number) && number[0] == '-' ? number + 1 : number,
                text, size);
}

/* A value as the numbers of an axis with an offset are. */
static double beside_offset(const tw_ticks *axis, double value) {
    double shown = value - axis->base;
    return axis->exponent < 0 ? shown * pow(10, -axis->exponent) : shown / pow(10, axis->exponent);
}

void tw_number_levels(size_t count, const double *values, const tw_ticks *axis,
                      char text[][TW_TICK_TEXT]) {
    double shown[TW_TICKS_MAX] = {0};
    if (axis != NULL && axis->is_offset && count <= TW_TICKS_MAX) {
        for (size_t i = 0; i < count; i++) /* without what the difference has lost */
            shown[i] = round(beside_offset(axis, values[i]) * 1e6) / 1e6;
        values = shown;
    }
    int digits = tw_digits_of(count, values), decimals = tw_decimals_of(count, values);
    for (size_t i = 0; i < count; i++)
        if (decimals >= 0)
            tw_number_decimals(values[i], decimals, text[i], TW_TICK_TEXT);
        else
            tw_number_digits(values[i], digits, text[i], TW_TICK_TEXT);
}

typedef struct step {
    double mantissa; /* 1, 2, 2.5 or 5 */
    int exponent;
} step;

static double step_multiple(step s, double index) {
    /* dividing by a whole power of ten keeps 0.3 = 3 / 10 the double nearest to 0.3 */
    return s.exponent < 0 && s.exponent > -300 ? index * s.mantissa / pow(10, -s.exponent)
                                               : index * s.mantissa * pow(10, s.exponent);
}

/* How many multiples of s lie in [low, high]. */
static double step_count(step s, double low, double high, double *first) {
    double size = step_multiple(s, 1);
    *first = ceil(low / size - 1e-9);
    return floor(high / size + 1e-9) - *first + 1;
}

static step choose_step(double low, double high, int most) {
    static const double mantissas[] = {1, 2, 2.5, 5};
    int exponent = (int)floor(log10((high - low) / most)) - 1;
    double first;
    for (;; exponent++) {
        for (int i = 0; i < 4; i++) {
            step s = {mantissas[i], exponent};
            if (step_multiple(s, 1) > 0 && step_count(s, low, high, &first) <= most)
                return s;
        }
    }
}

static int step_decimals(step s, int exponent) {
    int decimals = exponent - s.exponent + (s.mantissa == 2.5);
    return decimals > 0 ? decimals : 0;
}

/* Labels of value - base in units of 10^exponent. */
static void label_linear(tw_ticks *ticks, step s, double base, int exponent) {
    int decimals = step_decimals(s, exponent);
    ticks->base = base;
    ticks->exponent = exponent;
    for (size_t i = 0; i < ticks->count; i++) {
        char number[64];
        double shown = beside_offset(ticks, ticks->tick[i].value);
        tw_plain_print(number, sizeof number, "%.*f", decimals > 17 ? 17 : decimals, shown);
        if (strspn(number, "-0.") == strlen(number) && number[0] == '-')
            memmove(number, number + 1, strlen(number));
        copy_number(number, ticks->tick[i].text, TW_TICK_TEXT);
    }
}

/* Numbers that agree in their first digits are written as a difference from those digits. */
static void label_offset(tw_ticks *ticks, step s, double low, double high) {
    int place = (int)ceil(log10(high - low));
    double unit = pow(10, place), base = floor(low / unit) * unit;
    char number[64];
    tw_plain_print(number, sizeof number, "%.15g", base);
    char *e = strchr(number, 'e');
    int e_value = 0;
    if (e != NULL) {
        sscanf(e + 1, "%d", &e_value);
        *e = '\0';
    }
    char text[TW_TICK_TEXT];
    copy_number(number, text, sizeof text);
    char power[TW_TICK_TEXT] = "", factor[2 * TW_TICK_TEXT] = "";
    int exponent = place < -2 || place > 4 ? place - 1 : 0;
    if (e != NULL)
        power_text(text, e_value, power, sizeof power);
    else
        snprintf(power, sizeof power, "%s", text);
    if (exponent != 0) {
        char ten[TW_TICK_TEXT];
        power_text("", exponent, ten, sizeof ten);
        snprintf(factor, sizeof factor, "%s%s %s%s", TIMES, ten, base >= 0 ? "+ " : "", power);
    } else {
        snprintf(factor, sizeof factor, "%s%s", base >= 0 ? "+" : "", power);
    }
    factor[TW_TICK_TEXT - 1] = '\0';
    memcpy(ticks->factor, factor, TW_TICK_TEXT);
    ticks->is_offset = 1;
    label_linear(ticks, s, base, exponent);
}

static void put_linear(tw_ticks *out, step s, double low, double high) {
    double first, count = step_count(s, low, high, &first);
    out->count = 0;
    out->factor[0] = '\0';
    out->is_offset = 0;
    for (int i = 0; i < count && out->count < TW_TICKS_MAX; i++)
        out->tick[out->count++].value = step_multiple(s, first + i);
    out->major = out->count;
}

void tw_ticks_linear(double low, double high, int most, tw_ticks *out) {
    step s = choose_step(low, high, most < 2 ? 2 : most);
    put_linear(out, s, low, high);
    double top = fmax(fabs(low), fabs(high));
    int magnitude = (int)floor(log10(top) + 1e-9);
    if (magnitude - s.exponent > 5) {
        label_offset(out, s, low, high);
    } else if (magnitude >= 5 || magnitude < -3) {
        power_text("", magnitude, out->factor, TW_TICK_TEXT);
        char text[TW_TICK_TEXT];
        snprintf(text, sizeof text, "%s%.30s", TIMES, out->factor);
        memcpy(out->factor, text, sizeof text);
        label_linear(out, s, 0, magnitude);
    } else {
        label_linear(out, s, 0, 0);
    }
}

/* Plain numbers for 0.01 ... 1000, else powers of ten, on all ticks of an axis. */
static void label_log(tw_ticks *ticks, int plain) {
    for (size_t i = 0; i < ticks->count; i++) {
        tw_tick *tick = &ticks->tick[i];
        if (tick->text[0] == '\0')
            continue;
        int exponent = (int)floor(log10(tick->value) + 1e-9);
        int digit = (int)lround(tick->value / pow(10, exponent));
        char mantissa[8];
        snprintf(mantissa, sizeof mantissa, "%d", digit);
        if (plain)
            tw_plain_print(tick->text, TW_TICK_TEXT, "%.*f", exponent < 0 ? -exponent : 0,
                           tick->value);
        else
            power_text(digit == 1 ? "" : mantissa, exponent, tick->text, TW_TICK_TEXT);
    }
}

static int is_labelled(int digit, int level) {
    return digit == 1 || (level >= 1 && (digit == 2 || digit == 5)) || (level >= 2 && digit == 3);
}

/* Ticks at 1 ... 9 times powers of ten; every `stride`-th power and, at a higher `level`, further
 * digits are major. */
static void put_log(tw_ticks *out, double low, double high, int stride, int level) {
    int first = (int)floor(log10(low) - 1e-9), last = (int)ceil(log10(high) + 1e-9);
    int plain = 1;
    out->count = out->major = 0;
    out->factor[0] = '\0';
    out->is_offset = 0;
    for (int exponent = first; exponent <= last; exponent++) {
        for (int digit = 1; digit <= (stride == 1 ? 9 : 1); digit++) {
            double value = exponent < 0 && exponent > -300 ? digit / pow(10, -exponent)
                                                           : digit * pow(10, exponent);
            if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9) || out->count == TW_TICKS_MAX)
                continue;
            int major = is_labelled(digit, level) && exponent % stride == 0;
            if (!major && stride > 1 && last - first > 100)
                continue;
            tw_tick *tick = &out->tick[out->count++];
            tick->value = value;
            strcpy(tick->text, major ? "?" : "");
            out->major += (size_t)major;
            /* mantissas times powers take more room than plain numbers */
            plain &= !major || (value >= (level > 0 ? 0.00099 : 0.00999) &&
                                value < (level > 0 ? 20000.5 : 1000.5));
        }
    }
    label_log(out, plain);
}

void tw_ticks_log(double low, double high, int most, tw_ticks *out) {
    double decades = log10(high) - log10(low);
    static const int strides[] = {1, 2, 3, 4, 5, 10, 20, 25, 50, 100, 200, 400};
    int index = 0;
    most = most < 2 ? 2 : most;
    while (index < 11 && decades / strides[index] + 1 > most + 0.999)
        index++;
    int stride = strides[index];
    put_log(out, low, high, stride, 0);
    while (out->major < 2 && index > 0) { /* one power of ten alone says nothing of the scale */
        stride = strides[--index];
        put_log(out, low, high, stride, 0);
    }
    for (int level = 1; stride == 1 && decades < 3 && out->major < 3 && level <= 2; level++) {
        tw_ticks *more = out;
        put_log(more, low, high, stride, level);
        if ((int)out->major > most && level > 0) {
            put_log(out, low, high, stride, level - 1);
            break;
        }
    }
    if (out->major < 2 || (out->major < 3 && decades < 1))
        tw_ticks_linear(low, high, most, out);
}
