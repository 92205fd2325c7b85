#include "thalweg/thalweg.h"

int main(void) {
    return tw_version() == NULL;
}
