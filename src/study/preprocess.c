#include "study/preprocess.h"

static const tw_preprocess usual[] = {
    {"unit", 0, 1, {0}, {1}},
    {"half", 0, 1, {0.5}, {0.5}},
    {"raw255", 1, 1, {0}, {1}},
    {"imagenet", 0, 3, {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}},
    {"cifar225", 0, 3, {0.485, 0.456, 0.406}, {0.225, 0.225, 0.225}},
    {"cifar2023", 0, 3, {0.4914, 0.4822, 0.4465}, {0.2023, 0.1994, 0.2010}},
    {"cifar2471",
     0,
     3,
     {125.3 / 255, 123.0 / 255, 113.9 / 255},
     {63.0 / 255, 62.1 / 255, 66.7 / 255}},
    {"mnist", 0, 1, {0.1307}, {0.3081}},
};

enum { COUNT = sizeof usual / sizeof usual[0] };

const tw_preprocess *tw_preprocess_at(size_t index) {
    return index < COUNT ? &usual[index] : NULL;
}

const char *tw_preprocess_name(size_t index) {
    return index < COUNT ? usual[index].name : NULL;
}

const char *tw_preprocess_choice(size_t index) {
    return index == COUNT ? "try" : tw_preprocess_name(index);
}
