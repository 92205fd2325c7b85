#!/bin/sh
# example_program.sh PARAMETERS GRADIENT COMMAND...: a program of examples/ must be the built-in
# rosenbrock, at its start and at another point; GRADIENT is yes if it has one. COMMAND may begin
# with "python" or "numpy" for a Python, with or without NumPy; the test is skipped where there is
# none.
. "$THALWEG_SOURCE/tests/cli/common.sh"
n=$1 gradient=$2
shift 2
command=$*
case $command in
numpy\ *)
    have_arrays || skip "no Python with NumPy and h5py"
    command="$python ${command#* }" ;;
python\ *)
    [ -n "$python" ] || skip "no Python"
    command="$python ${command#* }" ;;
esac

key() {
    sed -n "s/.*\"$1\": \([^,}]*\).*/\1/p" "$scratch/out"
}

# agree KEY RELATIVE COMMAND OPTION...: the number is that of the built-in function.
agree() {
    name=$1 relative=$2 verb=$3
    shift 3
    expect 0 "$verb" "rosenbrock:$n" --json "$@"
    right=$(key "$name")
    expect 0 "$verb" --exec "$command" --json "$@"
    awk -v a="$(key "$name")" -v b="$right" -v r="$relative" \
        'BEGIN { d = a - b; exit !(a != "" && (d < 0 ? -d : d) <= r * (b < 0 ? -b : b)) }' </dev/null ||
        fail "$command: $verb: $name $(key "$name"), not $right"
}

agree loss 1e-15 eval
agree loss 1e-14 eval --init normal:2 --seed 5
agree norm 1e-6 gradient --method central --step 1e-5
agree maximum 1e-12 slice --x=-1:1:7 --norm none
if [ "$gradient" = yes ]; then
    agree norm 1e-14 gradient --method analytic --init normal:2 --seed 7
    agree loss 1e-9 train --method gd --step 1e-5 --iterations 5
else
    expect 3 gradient --exec "$command" --method analytic
    one_line 'has no gradient' "no gradient"
fi
finish
