#!/bin/sh
# Pictures that move: frames, films by ffmpeg, and by one that fails.
. "$THALWEG_SOURCE/tests/cli/common.sh"
can_draw || skip "a build without pictures"

expect 0 plane himmelblau --x=-5:5:15 --y=-5:5:15 -q -o plane.h5
expect 0 train himmelblau --method gd --step 5e-3 -n 12 --trajectory gd-run.h5
expect 0 train himmelblau --method adam --step 0.3 -n 20 --trajectory adam-run.h5
for method in gd adam; do
    expect 0 plane himmelblau --x=-5:5:15 --y=-5:5:15 -q -o with-$method.h5 --trajectory $method-run.h5 --projection $method.h5
done

# the clock: iterations are kept beside the checkpoints
expect 0 convert gd.h5 gd.csv
grep -q '^[^#].*,iteration' gd.csv || fail "a projection without iterations: $(head -3 gd.csv)"
if have_arrays; then
    "$python" -c 'import h5py
path = h5py.File("with-adam.h5", "r")["thalweg/paths/0"]
kept = h5py.File("adam-run.h5", "r")["trajectory/iteration"]
assert list(path["iteration"][:]) == list(kept[:]) and path["iteration"][-1] == 20' || fail "iterations of a path"
fi

# ---- frames: as many as asked for, the same again, the last one the path of the still picture
expect 0 animate plane.h5 gd.h5 adam.h5 --frames 5 --dpi 60 -o 'race/%03d.png'
[ "$(ls race | tr '\n' ' ')" = "001.png 002.png 003.png 004.png 005.png " ] || fail "frames: $(ls race)"
expect 0 animate plane.h5 gd.h5 adam.h5 --frames 5 --dpi 60 -o 'again/%d.png'
for k in 1 2 3 4 5; do
    cmp -s race/00$k.png again/$k.png || fail "frame $k is not the same again"
done
! cmp -s race/001.png race/002.png || fail "nothing moves"
expect 0 animate plane.h5 --frames 4 --dpi 60 -o 'turn/%d.png'
! cmp -s turn/1.png turn/2.png || fail "nothing turns"
size() {
    od -A n -t x1 -j 16 -N 8 "$1"
}
for k in 2 3 4; do
    [ "$(size turn/$k.png)" = "$(size turn/1.png)" ] || fail "the page of a turning view changes"
done

# ---- films: a program in the place of ffmpeg
mkdir fake
path=$PATH
fake() {
    printf '#!/bin/sh\nfor file; do :; done\n%s\n' "$1" >fake/ffmpeg
    chmod +x fake/ffmpeg
}
PATH=$PWD/fake:$path
export PATH
fake 'cat >"$file"'
expect 0 animate with-gd.h5 --frames 3 --fps 2 --dpi 60 -o film.gif
[ "$(grep -a -c 'IHDR' film.gif)" -ge 3 ] || fail "ffmpeg was not sent the frames"
rm film.gif
list_folder
before=$in_folder
for fault in 'cat >"$file"; echo "no such codec" >&2; exit 1' 'head -c 100 >"$file"; exit 1' 'head -c 100 >"$file"; kill -9 $$' \
    'cat >/dev/null' 'exec <&-; exit 3'; do
    fake "$fault"
    run animate with-gd.h5 --frames 30 --dpi 60 -o film.mp4
    [ "$code" -eq 3 ] || fail "ffmpeg: $fault: exit code $code"
    one_line "'film.mp4': ffmpeg" "$fault"
    list_folder
    [ "$before" = "$in_folder" ] || fail "$fault: left $in_folder"
done
grep -q 'no such codec' "$scratch/err" && fail "the words of an earlier one"
fake 'echo "no such codec" >&2; exit 1'
run animate with-gd.h5 --frames 30 --dpi 60 -o film.mp4
one_line "ffmpeg failed: no such codec" "its words"
# an interrupt: the film and what ffmpeg has written of it are gone, and ffmpeg is
fake 'echo $$ >pid; cat >"$file"'
"$THALWEG" animate with-gd.h5 --frames 5000 --dpi 60 -o film.webm 2>"$scratch/err" &
thalweg=$!
until_so "[ -s pid ] || is_gone $thalweg"
sleep 0.3 # into the frames
kill -TERM $thalweg
wait $thalweg
code=$?
[ $code -eq 143 ] || fail "an interrupted animation: exit code $code: $(cat "$scratch/err")"
until_so "is_gone $(cat pid)" || fail "ffmpeg goes on"
rm -f pid
list_folder
[ "$before" = "$in_folder" ] || fail "an interrupted animation left $in_folder"
mkdir none
PATH=$PWD/none
"$THALWEG" animate with-gd.h5 --frames 3 -o film.gif 2>"$scratch/err"
code=$?
PATH=$path
[ "$code" -eq 3 ] || fail "without ffmpeg: exit code $code"
one_line "ffmpeg, which is not installed; install it, or write frames: -o frames/%04d.png" "without ffmpeg"
rm -rf none

if command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null; then
    for ending in gif mp4 webm; do
        expect 0 animate with-gd.h5 --frames 4 --fps 4 --dpi 60 -o film.$ending
        count=$(ffprobe -v error -count_frames -show_entries stream=nb_read_frames -of csv=p=0 film.$ending)
        # gif writes equal frames as one that stays
        [ "${count%%,*}" -ge 4 ] || fail "film.$ending: $count frames"
    done
else
    echo "ffmpeg is not installed: its films were not looked at"
fi

table <<'END'
2 | give -o FILE.gif | $THALWEG animate plane.h5
2 | -o 'a.avi': the name must end in .gif, .mp4 or .webm | $THALWEG animate plane.h5 -o a.avi
2 | needs a place for their number | $THALWEG animate plane.h5 -o 'f%03x.png'
2 | nothing moves | $THALWEG animate plane.h5 --view contour -o a.gif
2 | --turn: only the 3-D view | $THALWEG animate plane.h5 --view heat --turn -o a.gif
2 | is a projection: what moves is a plane | $THALWEG animate gd.h5 -o a.gif
2 | --frames 1: give 2 | $THALWEG animate plane.h5 --frames 1 -o a.gif
2 | --fps 1000: give | $THALWEG animate plane.h5 --fps 1000 -o a.gif
END
finish
