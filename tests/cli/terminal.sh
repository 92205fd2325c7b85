#!/bin/sh
# Figures in a terminal, through a pipe: text alone.
. "$THALWEG_SOURCE/tests/cli/common.sh"
can_draw || skip "a build without pictures"
unset NO_COLOR COLORTERM KITTY_WINDOW_ID TERM_PROGRAM TMUX COLUMNS LINES
export LC_ALL=C.UTF-8 TERM=xterm-kitty
escape=$(printf '\033')
dots=$(printf '\342[\240-\243]') # the first bytes of Braille

expect 0 plane himmelblau --x=-5:5:31 --y=-5:5:31 -q -o plane.h5
expect 0 steps sphere:4 -o steps.csv
expect 0 train sphere:4 --iterations 20 --log log.csv

# widest: the most letters in a line of the output.
widest() {
    LC_ALL=C.UTF-8 awk '{ if (length($0) > most) most = length($0) } END { print most + 0 }' "$scratch/out"
}
for view in "" "--view contour" "--view heat" "--view 3d"; do
    expect 0 plot plane.h5 --terminal $view
    ! grep -q "$escape" "$scratch/out" || fail "plot --terminal $view: an escape code in a pipe"
    LC_ALL=C grep -q "[.:=+*#%@-]\{4\}\|$dots" "$scratch/out" || fail "plot --terminal $view: no picture"
    [ "$(wc -l <"$scratch/out")" -le 23 ] || fail "plot --terminal $view: too high"
done
for file in steps.csv log.csv; do
    expect 0 plot "$file" --terminal
    LC_ALL=C grep -q "$dots" "$scratch/out" || fail "plot $file --terminal: no curve"
    ! grep -q "$escape" "$scratch/out" || fail "plot $file --terminal: an escape code in a pipe"
done
[ "$(ls *.png 2>/dev/null)" = "" ] || fail "plot --terminal left a picture"
COLUMNS=50 LINES=18 LC_ALL=C expect 0 plot plane.h5 --terminal
[ "$(LC_ALL=C tr -d '\n -~' <"$scratch/out" | wc -c)" -eq 0 ] || fail "not ASCII in the locale C"
[ "$(widest)" -le 50 ] && [ "$(wc -l <"$scratch/out")" -le 17 ] || fail "not in a window of 50 x 18"
expect 0 plot plane.h5 --terminal=blocks
grep -q "${escape}\[[34]8;5;" "$scratch/out" || fail "--terminal=blocks: no colours"
COLORTERM=truecolor expect 0 plot plane.h5 --terminal=blocks
grep -q "${escape}\[[34]8;2;" "$scratch/out" || fail "COLORTERM=truecolor: no colours of 24 bits"
expect 0 plot plane.h5 --terminal=kitty --font-size 10
head -c 5 "$scratch/out" | grep -q "${escape}_Ga=" || fail "--terminal=kitty: $(head -c 5 "$scratch/out" | od -c)"
expect 0 plot plane.h5 --terminal=sixel --width 3 --dpi 50
head -c 12 "$scratch/out" | grep -q "${escape}P0;1q" || fail "--terminal=sixel: $(head -c 9 "$scratch/out" | od -c)"
# beside what a command prints
expect 0 plane himmelblau --x=-5:5:11 --y=-5:5:11 --terminal
grep -q '└──' "$scratch/out" || fail "plane --terminal: no picture"
expect 0 slice himmelblau --dx 'axis:x[0]' --x=-5:5:41 --terminal -o slice.h5
! grep -q 'terminal' slice.h5 || fail "--terminal is in the file, though no result depends on it"

table <<'END'
2 | --terminal and -o cannot be used together | $THALWEG plot plane.h5 --terminal -o a.png
2 | --terminal and --json cannot be used together | $THALWEG plot plane.h5 --terminal --json
2 | --terminal and --plot cannot be used together | $THALWEG slice sphere:2 --terminal -p a.png
2 | --font-size: a picture in characters | $THALWEG plot plane.h5 --terminal --font-size 12
2 | --for: a picture in characters | $THALWEG plot plane.h5 --terminal --for slide
2 | --dpi: a picture in characters | $THALWEG plot plane.h5 --terminal=blocks --dpi 100
2 | --background: a picture in a terminal | $THALWEG plot plane.h5 --terminal=sixel --background transparent
3 | planes side by side are not drawn in characters | $THALWEG plot plane.h5 plane.h5 --compare --terminal
3 | an inset is not drawn in characters | $THALWEG plot plane.h5 --inset 0:1,0:1 --terminal
2 | unknown word 'sixels'; did you mean 'sixel' | $THALWEG plot plane.h5 --terminal=sixels
2 | --azimuth: the picture is of kind filled | $THALWEG plot plane.h5 --terminal --azimuth 3
2 | no room for the picture in 9 x 5 characters | COLUMNS=9 LINES=5 $THALWEG plot plane.h5 --terminal
2 | no room for the picture: make the window larger | COLUMNS=9 LINES=5 $THALWEG plot plane.h5 --terminal=sixel
END
finish
