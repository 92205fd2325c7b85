# common.sh: read by every script here. A scratch folder that goes when the script ends, and checks
# that say what they expected. $THALWEG is the tool, $THALWEG_SOURCE the source tree.
set -u
: "${THALWEG:?the tool}" "${THALWEG_SOURCE:?the source tree}"
unset COLUMNS LINES NO_COLOR FORCE_COLOR CLICOLOR CLICOLOR_FORCE # of who runs the tests
shared=${THALWEG_SHARED:-$THALWEG_SOURCE/../shared/data}
scratch=$(mktemp -d) || exit 99
# what failed fails the script, though it was in a subshell or nothing calls finish
trap 'status=$?; cd /; [ ! -e "$scratch/failed" ] || [ "$status" -ne 0 ] || status=1; rm -rf "$scratch"; exit "$status"' EXIT
trap 'exit 99' INT TERM
mkdir "$scratch/here" && cd "$scratch/here" || exit 99

# A Python with the modules that look at files from outside, or failing that any Python, or "". Meson
# has looked for one with the modules when it was configured: $THALWEG_PYTHON.
python=${THALWEG_PYTHON-}
python_arrays=${python:+yes}
if [ -z "$python" ]; then
    for candidate in python3 /usr/bin/python3; do
        if "$candidate" -c 'import numpy, h5py' 2>/dev/null; then
            python=$candidate python_arrays=yes
            break
        elif [ -z "$python" ] && "$candidate" -c 'import json' 2>/dev/null; then
            python=$candidate
        fi
    done
fi
have_arrays() {
    [ "$python_arrays" = yes ]
}

fail() {
    printf 'FAIL: %s\n' "$*"
    echo >>"$scratch/failed"
}

finish() {
    [ ! -e "$scratch/failed" ] || { echo "$(wc -l <"$scratch/failed") failures"; exit 1; }
    echo "all passed"
    exit 0
}

# skip WHY: ends the script, in which something is missing; what has failed so far has failed.
skip() {
    [ ! -e "$scratch/failed" ] || finish
    echo "skipped: $*"
    exit 77
}

# run ARGUMENT...: runs the tool; exit code in $code, output in $scratch/out and $scratch/err.
run() {
    "$THALWEG" "$@" >"$scratch/out" 2>"$scratch/err"
    code=$?
}

# can_draw: whether this build has pictures. draw ARGUMENT...: the arguments if so, else none.
can_draw() {
    [ -n "${drawing-}" ] || {
        "$THALWEG" slice sphere:2 --x=0:1:2 -q -p "$scratch/probe.png" >"$scratch/probe" 2>&1
        grep -q 'need Cairo' "$scratch/probe" && drawing=no || drawing=yes
    }
    [ "$drawing" = yes ]
}
draw() {
    ! can_draw || echo "$*"
}

# expect CODE ARGUMENT...: runs the tool and checks the exit code.
expect() {
    wanted=$1
    shift
    run "$@"
    [ "$code" -eq "$wanted" ] || fail "thalweg $*: exit code $code, not $wanted: $(cat "$scratch/err")"
}

# until_so LINE: waits until that line of shell succeeds, on however slow a machine; two minutes are a hang.
until_so() {
    for _ in $(seq 6000); do
        eval "$1" && return 0
        sleep 0.02
    done
    fail "still not so: $1"
    return 1
}

# catches PID: whether the process has handlers for SIGINT, SIGTERM and SIGHUP, which would end it at once without.
catches() {
    mask=$(sed -n 's/^SigCgt:.*\(....\)$/0x\1/p' "/proc/$1/status" 2>/dev/null)
    [ $((${mask:-0} & 0x4003)) -eq $((0x4003)) ]
}

# is_gone PID: whether the process is no more, or a zombie.
is_gone() {
    case $(sed -n 's/^State:[^A-Z]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) in '' | Z | X) return 0 ;; esac
    return 1
}

# interrupt SIGNAL LINE ARGUMENT...: runs the tool, and sends it the signal once it can take it and LINE, of shell, holds
# (or once it has ended). A gate that holds a slow program ($SLOW_GATE) is opened then. As with run: $code, out and err.
interrupt() {
    sent=$1 when=$2
    shift 2
    # the background of a shell without a terminal is not to be interrupted, nor is what nohup starts to be hung up
    env --default-signal=INT,TERM,HUP "$THALWEG" "$@" >"$scratch/out" 2>"$scratch/err" &
    child=$!
    until_so "is_gone $child || { catches $child && $when; }"
    kill "-$sent" "$child" 2>/dev/null
    rm -f "$scratch/gate"
    wait "$child"
    code=$?
}

# What follows is done hundreds of times, and in the shell itself where that can be: a program started
# costs a millisecond.

# one_line REGEX WHAT: standard error is one line of the tool's, and matches.
one_line() {
    line_after=
    { IFS= read -r only_line && ! IFS= read -r line_after && [ -z "$line_after" ]; } <"$scratch/err" ||
        fail "$2: not one line: $(cat "$scratch/err")"
    case $only_line in
    "thalweg: "*) ;;
    *) fail "$2: no 'thalweg: ' in front: $(cat "$scratch/err")" ;;
    esac
    grep -Eq -- "$1" "$scratch/err" || fail "$2: '$(cat "$scratch/err")' does not match '$1'"
}

# list_folder: the names of all that is in this folder, in $in_folder.
list_folder() {
    set -- .[!.]* ..?* *
    in_folder=$*
}

# refuse CODE REGEX COMMAND-LINE: a line of shell that must fail so and leave no file.
refuse() {
    list_folder
    before=$in_folder
    (eval "$3") >"$scratch/out" 2>"$scratch/err"
    code=$?
    [ "$code" -eq "$1" ] || fail "$3: exit code $code, not $1: $(cat "$scratch/err")"
    one_line "$2" "$3"
    list_folder
    [ "$before" = "$in_folder" ] || fail "$3: left $in_folder"
}

# table: lines of "CODE | REGEX | COMMAND-LINE" on standard input, each given to refuse.
table() {
    while IFS= read -r row; do
        case $row in '' | '#'*) continue ;; esac
        row_code=${row%%|*}
        row_regex=${row#* | }
        row_regex=${row_regex% | *}
        while [ "$row_regex" != "${row_regex% }" ]; do row_regex=${row_regex% }; done
        refuse "${row_code%% *}" "$row_regex" "${row##* | }"
    done
}

# json EXPRESSION: a Python expression over the object `o` in $scratch/out must hold. Without
# Python nothing is checked.
json() {
    [ -n "$python" ] || return 0
    "$python" -IS - "$scratch/out" "$1" <<'PYTHON' || fail "JSON: not so: $1: $(head -c 300 "$scratch/out")"
import json, math, sys
text = open(sys.argv[1], encoding="utf-8").read()
try:
    o = json.loads(text, parse_constant=lambda word: sys.exit("no JSON: " + word))
except ValueError as error:
    sys.exit("no JSON: %s" % error)
close = lambda a, b, relative=1e-9: abs(a - b) <= relative * max(abs(a), abs(b))
sys.exit(0 if eval(sys.argv[2]) else 1)
PYTHON
}

# sanitized: whether this build has a sanitizer in it, which has its own ways with signals and memory.
sanitized() {
    grep -q -e __asan_init -e __tsan_init "$THALWEG"
}

# commands: the names of all commands, from the tool.
commands() {
    "$THALWEG" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}
