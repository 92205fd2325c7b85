! plugin_fortran.f90: a function with its gradient, for every command of thalweg.
!
!     gfortran -O2 -shared -fPIC plugin_fortran.f90 -o mine.so
!     thalweg gradient ./mine.so --method analytic
!
! This is the short form of thalweg/plugin.h. The names must be in lower case.
module valley ! Rosenbrock's, in six dimensions
  use, intrinsic :: iso_c_binding
contains
  integer(c_size_t) function size_of() bind(c, name='thalweg_size')
    size_of = 6
  end function

  real(c_double) function value(n, x) bind(c, name='thalweg_value')
    integer(c_size_t), value :: n
    real(c_double), intent(in) :: x(n)
    value = sum(100 * (x(2:n) - x(1:n-1)**2)**2 + (1 - x(1:n-1))**2)
  end function

  integer(c_int) function gradient(n, x, g) bind(c, name='thalweg_gradient')
    integer(c_size_t), value :: n
    real(c_double), intent(in) :: x(n)
    real(c_double), intent(out) :: g(n)
    g(1:n-1) = -400 * (x(2:n) - x(1:n-1)**2) * x(1:n-1) - 2 * (1 - x(1:n-1))
    g(n) = 0
    g(2:n) = g(2:n) + 200 * (x(2:n) - x(1:n-1)**2)
    gradient = 0 ! anything else: it failed
  end function

  ! f of complex numbers, the same formula: --method complex is then exact but for rounding
  integer(c_int) function complex_value(n, z, f) bind(c, name='thalweg_complex')
    integer(c_size_t), value :: n
    complex(c_double_complex), intent(in) :: z(n)
    complex(c_double_complex), intent(out) :: f
    f = sum(100 * (z(2:n) - z(1:n-1)**2)**2 + (1 - z(1:n-1))**2)
    complex_value = 0
  end function

  subroutine start(n, x) bind(c, name='thalweg_start')
    integer(c_size_t), value :: n
    real(c_double), intent(out) :: x(n)
    x(1:n:2) = -1.2_c_double
    x(2:n:2) = 1
  end subroutine
end module
