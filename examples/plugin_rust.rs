// plugin_rust.rs: a function with its gradient, for every command of thalweg.
//
//     rustc -O --crate-type cdylib plugin_rust.rs -o mine.so
//     thalweg gradient ./mine.so --method analytic
//
// This is the short form of thalweg/plugin.h. A panic ends the process.
use std::slice::{from_raw_parts, from_raw_parts_mut};

#[no_mangle]
pub extern "C" fn thalweg_size() -> usize {
    6 // Rosenbrock's valley in six dimensions
}

#[no_mangle]
pub unsafe extern "C" fn thalweg_value(n: usize, x: *const f64) -> f64 {
    let term = |p: &[f64]| 100.0 * (p[1] - p[0] * p[0]).powi(2) + (1.0 - p[0]).powi(2);
    from_raw_parts(x, n).windows(2).map(term).sum()
}

#[no_mangle]
pub unsafe extern "C" fn thalweg_gradient(n: usize, x: *const f64, gradient: *mut f64) -> i32 {
    let (x, g) = (from_raw_parts(x, n), from_raw_parts_mut(gradient, n));
    g.fill(0.0);
    for i in 0..n - 1 {
        let height = x[i + 1] - x[i] * x[i];
        g[i] += -400.0 * height * x[i] - 2.0 * (1.0 - x[i]);
        g[i + 1] += 200.0 * height;
    }
    0 // anything else: it failed
}

#[no_mangle]
pub unsafe extern "C" fn thalweg_start(n: usize, x: *mut f64) {
    for (i, entry) in from_raw_parts_mut(x, n).iter_mut().enumerate() {
        *entry = if i % 2 == 0 { -1.2 } else { 1.0 };
    }
}
