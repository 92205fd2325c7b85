#!/bin/sh
# programs.sh PROGRAM: programs on a pipe as models of every command; PROGRAM is examples/program.c,
# compiled.
. "$THALWEG_SOURCE/tests/cli/common.sh"
program=$1
greet='echo thalweg 1; echo size 2; echo ready;'

# ---- every command takes one
expect 0 eval --exec "$program" --json
json 'close(o["loss"], 24.2) and o["parameters"] == 2 and o["model"] == "program"'
expect 0 gradient --exec "$program" --method analytic -o g.npy --json
json 'close(o["norm"], 232.8676877542266)'
expect 0 eval --exec "$program" --weights g.npy --json
json 'o["loss"] > 1e9'
expect 0 gradient --exec "$program" --method ladder --json
json 'close(o["norm"], 232.8676877542266, 1e-10)'
expect 0 steps --exec "$program" --gradient analytic --steps 1e-4,1e-3 --json
json 'close(o["loss"], 24.2) and len(o["steps"]) == 2'
expect 0 slice --exec "$program 5" --x=-1:1:5 -o s.h5 --json
json 'o["points"] == 5'
expect 0 plane --exec "$program" --norm none --x=-2:2:5 --y=-2:2:5 -o p.h5 --json
json 'o["points"] == 25 and close(o["center"], 24.2)'
expect 0 info p.h5
grep -q "exec  *$program\$" "$scratch/out" || fail "info: no command: $(cat "$scratch/out")"
grep -q 'init  *standard$' "$scratch/out" || fail "info: no init: $(cat "$scratch/out")"
grep -Eq '^ *(data|split|reg|samples) ' "$scratch/out" && fail "info: data of a program: $(cat "$scratch/out")"
expect 0 train --exec "$program" --method gd --step 1e-3 -n 500 -o w.npy --json
json 'o["loss"] < 5'
expect 0 eval --exec "$program" --weights w.npy --json
json 'o["loss"] < 5'

# ---- the same bits for any number of threads and processes
for how in "--threads 1" "--threads 4" "--threads 4 --exec-workers 2" "--threads 2 --exec-workers 1"; do
    expect 0 gradient --exec "$program 40" --method central -o g.npy $how
    [ -f "$scratch/first.npy" ] || cp g.npy "$scratch/first.npy"
    cmp -s "$scratch/first.npy" g.npy || fail "$how: another gradient"
    expect 0 plane --exec "$program 20" --x=-1:1:9 --y=-1:1:9 --json $how
    sed 's/"seconds": [^,}]*//' "$scratch/out" >"$scratch/now"
    [ -f "$scratch/first" ] || cp "$scratch/now" "$scratch/first"
    cmp -s "$scratch/first" "$scratch/now" || fail "$how: another plane: $(cat "$scratch/now")"
done

# ---- without a greeting, and started for each evaluation
expect 0 eval --exec 'while read -r x y; do echo $((3 + 4)); done' --exec-size 2 --init zero --json
json 'o["loss"] == 7 and o["parameters"] == 2'
expect 0 gradient --exec "awk '{ printf \"%.17g\\n\", \$1 * \$1 + 3 * \$2 }'" --exec-size 2 --exec-once --init zero \
    --method central --json
json 'close(o["norm"], 3, 1e-9)'
expect 0 eval --exec 'read x; echo inf' --exec-size 1 --exec-once
grep -q inf "$scratch/out" || fail "infinity: $(cat "$scratch/out")"

# ---- what is wrong is one line
table <<'END'
3 | program './nowhere 2>/dev/null', greeting: the shell did not find it | $THALWEG eval --exec './nowhere 2>/dev/null'
3 | cannot run it .exit status 126. | touch $scratch/text; $THALWEG eval --exec "$scratch/text 2>/dev/null"
3 | greeting: no answer within 0.2 s | $THALWEG eval --exec 'exec sleep 30' --exec-timeout 0.2
3 | evaluation 1: no answer within 0.2 s.*.once. | $THALWEG eval --exec 'exec sleep 30' --exec-size 2 --exec-timeout 0.2
3 | evaluation 1: was killed by signal 11 .segmentation fault. | $THALWEG eval --exec "$greet read l; kill -SEGV \$\$"
3 | evaluation 1: exited with status 3 | $THALWEG slice --json --exec "$greet read l; exit 3"
3 | evaluation 1: answered 'foo', which is not a number | $THALWEG eval --exec "$greet read l; echo foo; cat"
3 | evaluation 1: answered 3 numbers where 1 was expected | $THALWEG eval --exec "$greet read l; echo 1 2 3; cat"
3 | evaluation 1: out of range | $THALWEG eval --exec "$greet read l; echo error out of range; cat"
3 | leave out the size | $THALWEG eval --exec "$greet cat" --exec-size 2
3 | line 2: unknown word in 'hello' | $THALWEG eval --exec "echo thalweg 1; echo hello; cat"
3 | 'program' has no gradient | $THALWEG gradient --method analytic --exec "$greet cat"
2 | --exec-once.*--exec-size | $THALWEG eval --exec cat --exec-once
2 | --exec-size: '0' | $THALWEG eval --exec cat --exec-size 0
2 | --exec-workers: '0' | $THALWEG eval --exec cat --exec-workers 0
2 | --exec-workers: 5000 is more than 4096 | $THALWEG eval --exec cat --exec-workers 5000
2 | --exec-timeout: '-1' | $THALWEG eval --exec cat --exec-timeout=-1
2 | --exec: the value is empty | $THALWEG eval --exec ''
2 | --exec-size: 'softmax' is a .*, which does not use it | $THALWEG eval softmax --exec-size 2
2 | --exec-timeout: 'beale' is a function | $THALWEG eval beale --exec-timeout 2
2 | --reg: 'cat' is a program | $THALWEG eval --exec cat --reg 1
2 | --data: 'cat' is a program | $THALWEG eval --exec cat --data somewhere
2 | given twice: 'softmax' and by --exec | $THALWEG eval softmax --exec cat
END

# ---- an interrupt ends the tool and the program
"$THALWEG" eval --exec "echo \$\$ >$scratch/pid; $greet exec sleep 60" >"$scratch/out" 2>"$scratch/err" &
tool=$!
until_so "[ -s $scratch/pid ] || is_gone $tool"
program=$(cat "$scratch/pid") && ! is_gone "$program" || fail "the program was not there: $(cat "$scratch/err")"
kill -TERM $tool
wait $tool 2>/dev/null
until_so "is_gone $program" || fail "the program goes on after the tool was ended"
finish
