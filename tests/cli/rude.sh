#!/bin/sh
# Plug-ins that do to the process what they should not: threads left behind, modes, locales, words
# on standard output, exits. Reads the plug-ins of tests/plugin.
. "$THALWEG_SOURCE/tests/cli/common.sh"
: "${THALWEG_PLUGINS:?the folder of the test plug-ins}"
cp "$THALWEG_PLUGINS/rude.so" . || exit 99

# a locale whose decimal point is a comma, where one can be made
if localedef -c -i de_DE -f UTF-8 "$scratch/comma" >/dev/null 2>&1 && [ -d "$scratch/comma" ]; then
    LOCPATH=$scratch RUDE_LOCALE=comma
    export LOCPATH RUDE_LOCALE
    # with LOCPATH the C library's newlocale leaks a path, in constructors of libraries already
    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
    export ASAN_OPTIONS
    "$(dirname "$THALWEG_PLUGINS")/plugin/test_plugin_manners" >"$scratch/out" 2>&1 ||
        fail "in a locale with commas: $(cat "$scratch/out")"
    grep -q 'SKIPPED.*a_locale' "$scratch/out" && fail "the locale was made, and not used"
fi

# Whatever it does, every command prints what it prints for one with manners.
answers() {
    "$THALWEG" eval "./rude.so:$1" --json -q
    "$THALWEG" gradient "./rude.so:$1" --method analytic -q -o /dev/stdout --json >plain.file
    cat plain.file
    "$THALWEG" gradient "./rude.so:$1" --method central --step 0.015625 --json -q
    "$THALWEG" gradcheck "./rude.so:$1" -q
    "$THALWEG" slice "./rude.so:$1" --x=-0.5:0.5:5 --json -q
    "$THALWEG" plane "./rude.so:$1" --x=-0.5:0.5:5 --y=-0.5:0.5:5 --threads 2 -q --json
    "$THALWEG" train "./rude.so:$1" --method gd --step 0.125 -n 4 -q
}
without_times() {
    LC_ALL=C sed 's/"seconds": [0-9.e-]*//; s/^seconds .*//; s/, [0-9.]* s$//; s/rude\.so:[a-z]*/rude.so/' "$1"
}
answers none >none 2>&1
[ "$(grep -c . none)" -gt 20 ] || fail "no answers to compare with: $(cat none)"
without_times none >wanted
for manner in thread handlers rounds traps flushes locale prints reads forks; do
    answers $manner >$manner 2>"$scratch/err" </dev/null || fail "$manner: $(cat "$scratch/err")"
    without_times $manner >got
    cmp -s wanted got || fail "$manner: $(diff wanted got | head -5)"
done
answers prints 2>&1 >/dev/null | grep -q '^evaluation 1$' || fail "what it printed is gone"

# so does the conversation of serve, whose requests no plug-in may read
for manner in prints reads locale; do
    expect 0 eval --exec "$THALWEG serve ./rude.so:$manner" --json
    json 'o["loss"] == 5.8125'
done

# an exit in the middle is neither silent nor a pass
for manner in exit quick_exit pthread_exit; do
    for line in "gradcheck" "gradient --method central" "plane --x=-1:1:9 --y=-1:1:9 -o p.h5" \
        "train --method gd -n 50 --step 0.1"; do
        : >p.h5.lock # stays where the process has no time to take it away, and goes with the next run
        refuse 3 "thalweg: ${line%% *}: ended too early" \
            "$THALWEG ${line%% *} ./rude.so:$manner -q --threads 1 $(echo "$line " | cut -s -d' ' -f2-)"
        [ -s "$scratch/out" ] && [ "${line%% *}" != train ] && fail "$manner: $line: $(cat "$scratch/out")"
    done
    [ $manner = pthread_exit ] || refuse 3 'ended too early' \
        "$THALWEG plane ./rude.so:$manner -q --threads 3 --x=-1:1:9 --y=-1:1:9 --json"
done
# of several threads any may be the one; neither waits for ever for the other
for threads in 1 3; do
    run plane ./rude.so:pthread_exit -q --threads $threads --x=-1:1:9 --y=-1:1:9 --json
    [ "$code" -eq 3 ] || [ "$code" -eq 134 ] || fail "a thread that ends itself: $code"
    grep -Eq '^thalweg: plane: (ended too early|was aborted)' "$scratch/err" || fail "no word: $(cat "$scratch/err")"
done
# a crash is said, and the status is the signal's
for manner in divides faults aborts recurses; do
    ! sanitized || break
    run eval ./rude.so:$manner --json
    sed -i 2d "$scratch/err" # the shell's own words
    [ "$code" -gt 128 ] || fail "$manner: exit code $code"
    one_line '^thalweg: eval: (crashed \(arithmetic trap\)|crashed \(segmentation fault\)|was aborted): a plug-in' $manner
done
refuse 3 'evaluation 4: ended without an answer|exited with status 3' \
    "$THALWEG eval --exec 'exec $THALWEG serve ./rude.so:exit 2>/dev/null' --exec-workers 1 --json && \
     $THALWEG gradcheck --exec '$THALWEG serve ./rude.so:exit 2>/dev/null' --exec-workers 1 -q"
finish
