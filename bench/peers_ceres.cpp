// peers_ceres.cpp: gradients of the same function by Ceres Solver's numeric differences, in its own
// classes, as a JSON list. Compiled by bench/run where Ceres is installed:
//
//     c++ -O3 -std=c++17 peers_ceres.cpp build/bench/libbench_valley.so -lceres -lglog
#include <ceres/ceres.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <vector>

#include "valley.h"

constexpr int N = 1000, REPEATS = 15;

// The function as the one residual of one block of N parameters.
struct valley {
    static long calls;
    bool operator()(const double *x, double *residual) const {
        calls++;
        residual[0] = bench_valley(N, x);
        return true;
    }
};
long valley::calls = 0;

static double now(clockid_t clock) {
    timespec t;
    clock_gettime(clock, &t);
    return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

static void print_times(const char *key, const std::vector<double> &times) {
    std::printf("\"%s\": [", key);
    for (size_t k = 0; k < times.size(); k++)
        std::printf("%s%.6g", k > 0 ? ", " : "", times[k]);
    std::printf("], ");
}

template <ceres::NumericDiffMethodType method>
static void gradient(const char *name, const char *before) {
    std::vector<double> x(N), exact(N), jacobian(N), wall, cpu;
    ceres::NumericDiffCostFunction<valley, method, 1, N> cost(new valley);
    bench_valley_start(N, x.data());
    bench_valley_gradient(N, x.data(), exact.data());
    const double *blocks[] = {x.data()};
    double *jacobians[] = {jacobian.data()}, value, error = 0, largest = 0;
    for (int k = 0; k < REPEATS; k++) {
        valley::calls = 0;
        double start = now(CLOCK_MONOTONIC), start_cpu = now(CLOCK_PROCESS_CPUTIME_ID);
        cost.Evaluate(blocks, &value, jacobians);
        wall.push_back(now(CLOCK_MONOTONIC) - start);
        cpu.push_back(now(CLOCK_PROCESS_CPUTIME_ID) - start_cpu);
    }
    for (int i = 0; i < N; i++) {
        error = std::max(error, std::abs(jacobian[i] - exact[i]));
        largest = std::max(largest, std::abs(exact[i]));
    }
    std::printf("%s{\"name\": \"Ceres %s NumericDiffCostFunction, %s\", ", before,
                CERES_VERSION_STRING, name);
    print_times("seconds", wall);
    print_times("seconds_cpu", cpu);
    std::printf("\"error\": %.3g, \"evaluations\": %ld}", error / largest, valley::calls);
}

int main() {
    gradient<ceres::FORWARD>("forward", "[");
    gradient<ceres::CENTRAL>("central", ",\n");
    gradient<ceres::RIDDERS>("Ridders", ",\n");
    std::puts("]");
    return 0;
}
