#!/bin/sh
# The gradient check as a command: models of every kind, right and wrong, reports, exit statuses.
. "$THALWEG_SOURCE/tests/cli/common.sh"
cc=${CC:-cc}

for model in rosenbrock:10 himmelblau styblinski-tang:7 'softmax --data synthetic:60' 'svm --data synthetic:60'; do
    # shellcheck disable=SC2086
    expect 0 gradcheck $model --json
    json 'o["verdict"] == "pass" and o["cause"] == "none" and o["worst_relative_error"] < 1e-6 and o["kinks"] == 0'
    json 'all(b["verdict"] == "pass" and b["tested"] > 0 for b in o["blocks"])'
done

# the model's own gradient against what the command says, entry by entry
expect 0 gradcheck rosenbrock:10 -o all.csv -q
[ "$(wc -l <all.csv)" -eq 11 ] || fail "csv: $(wc -l <all.csv) lines"
# reports are drawn by the command itself, and say so
expect 0 gradcheck rosenbrock:10 -o all.json -q
for report in all.csv all.json; do
    expect 3 view "$report" -o report.html
    grep -q "a report of 'thalweg gradcheck', which draws it with --plot" "$scratch/err" || fail "$report: $(cat "$scratch/err")"
done
expect 0 gradcheck rosenbrock:10 --entries 3,7 --csv
[ "$(cut -d, -f2 "$scratch/out" | tr '\n' ' ')" = 'index 3 7 ' ] || fail "--entries: $(cat "$scratch/out")"
expect 0 gradcheck softmax --data synthetic:60 --locate --json
json 'len(o["probes"]) == 4 and len(o["entries"]) == 0'
# a block of which nothing was tested does not pass
expect 0 gradcheck mlp:4 --data synthetic:20 --entries 0 -o part.json
grep -q '^PASS, 3 of 4 blocks not tested ' "$scratch/out" || fail "a part: $(cat "$scratch/out")"
python3 -c 'import json; r = json.load(open("part.json")); assert r["blocks_not_tested"] == 3, r
assert [b["verdict"] for b in r["blocks"]] == ["pass"] + 3 * ["not tested"], r' || fail "the file of a part"
expect 0 gradcheck softmax --data synthetic:60 --seed 5 --sample 3 --json
json '11 <= len(o["entries"]) <= 19 and o["seed"] == 5'
expect 0 gradcheck softmax --data synthetic:300 --reg 1 --burn-in 20
grep -q 'after 20 iterations of sgd' "$scratch/err" || fail "burn-in: $(cat "$scratch/err")"
expect 0 gradcheck softmax --data synthetic:60 --reg 100000
grep -q 'the regulariser makes up .* check with --reg 0' "$scratch/err" || fail "regulariser: $(cat "$scratch/err")"
expect 0 gradcheck himmelblau --only-failures
grep -q himmelblau "$scratch/out" && fail "--only-failures: $(cat "$scratch/out")"
# shellcheck disable=SC2046
expect 0 gradcheck rosenbrock:4 -o report.json $(draw --plot check.png) --sweep sweep.csv -q
! can_draw || expect 0 gradcheck rosenbrock:4 --sweep sweep.svg -q
for file in report.json sweep.csv $(draw check.png sweep.svg); do
    [ -s "$file" ] || fail "no $file"
done
expect 4 gradcheck rosenbrock:4 --max-evaluations 2
grep -q 'INCONCLUSIVE' "$scratch/out" || fail "budget: $(cat "$scratch/out")"
expect 0 gradcheck rosenbrock:4 --max-evaluations 2 --inconclusive pass
expect 1 gradcheck rosenbrock:4 --max-evaluations 2 --inconclusive fail

# a wrong gradient in a shared object, and as a program
if command -v "$cc" >/dev/null; then
    cat >wrong.c <<'END'
#include <stddef.h>
size_t thalweg_size(void) {
    return 3;
}
double thalweg_value(size_t n, const double *x) {
    return x[0] * x[0] * x[1] + x[2] * x[2] * x[2];
}
int thalweg_gradient(size_t n, const double *x, double *g) {
    g[0] = FACTOR * 2 * x[0] * x[1];
    g[1] = FACTOR * x[0] * x[0];
    g[2] = FACTOR * 3 * x[2] * x[2];
    return 0;
}
END
    for case in '1 0 none' '-1 1 sign' '2 1 factor' '0 1 zero'; do
        # shellcheck disable=SC2086
        set -- $case
        "$cc" -shared -fPIC -DFACTOR="$1" wrong.c -o wrong.so || fail "cannot compile"
        expect "$2" gradcheck ./wrong.so --init normal:1 --json
        json "o['cause'] == '$3'"
    done
    "$cc" -shared -fPIC -DFACTOR=-1 wrong.c -o wrong.so # no start: entries of the size of 1
    expect 1 gradcheck ./wrong.so --json
    json 'max(abs(e["x"]) for e in o["entries"]) > 0.1 and o["small"] == 0'
    "$cc" -shared -fPIC -DFACTOR=0 wrong.c -o wrong.so
    expect 1 gradcheck ./wrong.so --init normal:1
    grep -q '^FAIL ' "$scratch/out" || fail "text: $(cat "$scratch/out")"
    grep -q 'x: all entries are 0: never computed?' "$scratch/out" || fail "cause: $(cat "$scratch/out")"
    # a loss that is not finite at x: no check could be made
    printf '%s\n' '#include <stddef.h>' 'size_t thalweg_size(void) { return 1; }' \
        'double thalweg_value(size_t n, const double *x) { return 1 / (x[0] - x[0]); }' \
        'int thalweg_gradient(size_t n, const double *x, double *g) { g[0] = 0; return 0; }' >inf.c
    "$cc" -shared -fPIC inf.c -o inf.so
    for command in gradcheck 'gradient -m ladder' 'gradient -m robust'; do
        # shellcheck disable=SC2086
        expect 3 $command ./inf.so
        grep -q '^thalweg: .* is inf ' "$scratch/err" || fail "$command: $(cat "$scratch/err")"
    done
    expect 1 gradcheck ./wrong.so --init normal:1 --only-failures --csv
    [ "$(wc -l <"$scratch/out")" -eq 4 ] || fail "failures: $(cat "$scratch/out")"
fi

# colours on a terminal only, and only where they are wanted
[ -z "$python" ] || for case in ':xterm:1' 'NO_COLOR=1:xterm:0' ':dumb:0'; do
    environment=${case%%:*} rest=${case#*:}
    # shellcheck disable=SC2086
    seen=$(env $environment TERM="${rest%:*}" "$python" -c '
import pty, sys
pty.spawn([sys.argv[1], "gradcheck", "himmelblau"])' "$THALWEG" </dev/null | head -1)
    colored=$(printf '%s' "$seen" | grep -c "$(printf '\033')\[1;32mPASS$(printf '\033')\[0m  loss")
    [ "$colored" = "${rest#*:}" ] || fail "$case: $seen"
done
expect 0 gradcheck himmelblau
grep -q '^PASS  loss' "$scratch/out" || fail "a file has no colours: $(cat "$scratch/out")"

table <<'END'
3 | 'mgh:8' has no gradient of its own to check | $THALWEG gradcheck mgh:8
2 | --entries: 10 is not one of 0 to 9 | $THALWEG gradcheck rosenbrock:10 --entries 10
2 | --entries: 1.5 is not one of | $THALWEG gradcheck rosenbrock:10 --entries 1.5
2 | --locate and --all cannot be used together | $THALWEG gradcheck rosenbrock:10 --locate --all
2 | must be greater than 0 | $THALWEG gradcheck rosenbrock:10 --rtol 0
2 | must end in .csv or .json | $THALWEG gradcheck rosenbrock:10 -o report.txt
2 | must end in .png, .svg or .pdf | $THALWEG gradcheck rosenbrock:10 --plot x.gif
3 | cannot write 'nowhere/r.csv' | $THALWEG gradcheck rosenbrock:10 -o nowhere/r.csv
2 | unknown name 'maybe' | $THALWEG gradcheck rosenbrock:10 --inconclusive maybe
3 | standard output | $THALWEG gradcheck rosenbrock:10 >/dev/full
END
finish
