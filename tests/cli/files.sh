#!/bin/sh
# One file by two options, and files that cannot be written: said before any work, exit code 2 or 3,
# nothing written, nothing lost.
. "$THALWEG_SOURCE/tests/cli/common.sh"

small="--data synthetic:20"
big="himmelblau --norm none --x=-3:3:3001 --y=-3:3:3001" # minutes, where it is begun
"$THALWEG" train -q $small -n 2 -o w.h5 --log log.csv --trajectory t.h5 >"$scratch/out" || fail "train"
"$THALWEG" slice -q $small --x=-1:1:3 --save-directions d.h5 -o s.h5 >"$scratch/out" || fail "slice"
cp w.h5 w2.h5
printf '1,2,0\n3,4,1\n5,6,0\n' >numbers.csv
cp t.h5 t2.h5
ln -s w.h5 soft.h5 && ln w.h5 hard.h5 && mkdir folder.h5 folder.png folder.csv && ln -s . door
ln -s new.h5 to-nothing.h5
long=$(printf "n%.0s" $(seq 300))
sums=$(md5sum ./*.* 2>/dev/null)

# ---- one file twice
table <<'END'
2 | --trajectory would overwrite 'w.h5', which --weights reads | $THALWEG train $small --weights w.h5 --trajectory w.h5
2 | -o and --trajectory write the same file, 'new.h5'; give each its own|--trajectory and -o write | $THALWEG train $small -o new.h5 --trajectory new.h5
2 | -o and --log write the same file|--log and -o | $THALWEG train $small -o new.h5 --log ./new.h5
2 | -o and --log write the same file|--log and -o | $THALWEG train $small -o new.h5 --log door/new.h5
2 | -o and --log write the same file|--log and -o | $THALWEG train $small -o new.h5 --log to-nothing.h5
2 | -o and --log write the same file|--log and -o | $THALWEG train $small -o w2.h5 --log door/w2.h5
2 | write the same file | $THALWEG train $small -o w.h5 --log hard.h5
2 | write the same file | $THALWEG train $small -o w.h5 --trajectory soft.h5
2 | --log would overwrite 'w.h5', which --weights reads | $THALWEG train $small --weights w.h5 --log soft.h5
2 | --log would overwrite 'numbers.csv', which --data reads | $THALWEG train --data numbers.csv --log numbers.csv
2 | -o would overwrite 'w.h5', which --weights reads | $THALWEG gradient $small --weights w.h5 -o w.h5
2 | --bars would overwrite 'w.bars.h5', which --weights reads | cp w.h5 ../w.bars.h5; cd ..; $THALWEG gradient $small -m ladder --bars --weights w.bars.h5 -o w.h5
2 | -o would overwrite 'numbers.csv', which --data reads | $THALWEG steps --data numbers.csv -o numbers.csv
2 | write the same file | $THALWEG gradcheck $small --plot a.png --sweep a.png
2 | write the same file | $THALWEG gradcheck $small -o new.csv --sweep new.csv
2 | -o would overwrite 'numbers.csv' | $THALWEG gradcheck --data numbers.csv -o numbers.csv
2 | --save-directions would overwrite 'w.h5', which --weights reads | $THALWEG slice $small --json --weights w.h5 --save-directions w.h5
2 | --save-directions would overwrite 'd.h5', which --directions reads | $THALWEG slice $small --json --directions d.h5 --save-directions d.h5
2 | --save-directions would overwrite 'w.h5', which --dx reads | $THALWEG slice $small --json --dx to:w.h5 --save-directions w.h5
2 | would overwrite 'w.h5', which --dy reads | $THALWEG plane $small --json --dy w.h5 --save-directions w.h5
2 | -o and --save-directions write|--save-directions and -o | $THALWEG plane $small -o new.h5 --save-directions new.h5
2 | -o would overwrite 'w.h5', which --weights reads | $THALWEG plane $small --weights w.h5 -o w.h5
2 | would overwrite 'w2.h5', which --to reads | $THALWEG plane $small --weights w.h5 --to w2.h5 --third hard.h5 -o w2.h5
2 | would overwrite 'hard.h5', which --third reads | $THALWEG plane $small --weights w2.h5 --to w2.h5 --third hard.h5 -o w.h5
2 | would overwrite 't.h5', which --trajectory reads | $THALWEG plane $small --trajectory t2.h5,t.h5 -o t.h5
2 | would overwrite 't.h5', which --trajectory reads | $THALWEG plane $small --json --trajectory t.h5 --projection t.h5
2 | -o and --projection write|--projection and -o | $THALWEG plane $small --trajectory t.h5 -o new.h5 --projection new.h5
2 | TO would overwrite 's.h5', which FROM reads | $THALWEG convert s.h5 s.h5
2 | TO would overwrite 'w.h5', which FROM reads | $THALWEG convert w.h5 soft.h5
2 | TO would overwrite 'w.h5', which FROM reads | $THALWEG convert w.h5 door/../here/hard.h5
2 | -o would overwrite 'p.png', which FILE reads | cp s.h5 ../p.png; cd ..; $THALWEG plot p.png -o p.png
2 | --sheet would overwrite 'p.png', which FILE reads | cp numbers.csv ../p.png; cd ..; $THALWEG info p.png --sheet p.png
# ---- known before the work
2 | 1000000 x 1000000 points of 1 metric take 9000000000000 bytes, more than the [0-9]+ of this | $THALWEG plane himmelblau --norm none --x=0:1:1000000 --y=0:1:1000000 --json
2 | 1000000 x 1000000 points of 1 metric take 27000000000000 bytes with the file | $THALWEG plane himmelblau --norm none --x=0:1:1000000 --y=0:1:1000000 -o new.h5
2 | 200000 x 200000 points of 4 metrics take 1320000000000 bytes | $THALWEG plane $small --x=0:1:200000 --y=0:1:200000 --json
3 | cannot write 'folder.h5': it is a directory | $THALWEG plane $big -o folder.h5
3 | cannot write 'folder.png': it is a directory | $THALWEG plane $big --plot folder.png
3 | cannot write 'folder.h5': it is a directory | $THALWEG plane $big --json --save-directions folder.h5
3 | cannot write 'folder.csv': it is a directory | $THALWEG plane $big --json --projection folder.csv
3 | cannot write 'nowhere/a.h5': No such file | $THALWEG slice himmelblau --x=0:1:1000000 -o nowhere/a.h5
3 | File name too long | $THALWEG plane $big -o $long.h5
3 | cannot write 'folder.h5': it is a directory | $THALWEG train $small -n 1000000000 -o folder.h5
3 | cannot write 'folder.csv': it is a directory | $THALWEG train $small -n 1000000000 --log folder.csv
3 | cannot write 'folder.png': it is a directory | $THALWEG train $small -n 1000000000 -p folder.png
3 | cannot write 'folder.h5': it is a directory | $THALWEG train $small -n 1000000000 --trajectory folder.h5
3 | File name too long | $THALWEG train $small -n 1000000000 --log $long.csv
3 | cannot write 'folder.csv': it is a directory | $THALWEG steps -o folder.csv
3 | cannot write 'folder.h5': it is a directory | $THALWEG gradient -o folder.h5
3 | cannot write 'nowhere/a.csv': No such file | $THALWEG gradient --sweep nowhere/a.csv
3 | cannot write 'g.bars.h5': it is a directory | mkdir ../g.bars.h5; cd ..; $THALWEG gradient -m ladder --bars -o g.h5
3 | cannot write 'folder.csv': it is a directory | $THALWEG gradcheck -o folder.csv
3 | cannot write 'folder.png': it is a directory | $THALWEG gradcheck --plot folder.png
3 | cannot write 'folder.png': it is a directory | $THALWEG gradcheck --sweep folder.png
3 | cannot write 'folder.h5': it is a directory | $THALWEG convert s.h5 folder.h5
3 | cannot write 'folder.png': it is a directory | $THALWEG plot s.h5 -o folder.png
3 | cannot write 'folder.png': it is a directory | $THALWEG info synthetic:20 --sheet folder.png
END
[ "$sums" = "$(md5sum ./*.* 2>/dev/null)" ] || fail "a refused command changed a file"

# ---- arrays of the data that are read unasked
if have_arrays; then
    "$python" -c 'import numpy as np, os; os.mkdir("arrays"); np.save("arrays/X.npy", np.eye(4)); np.save("arrays/y.npy", np.arange(4) % 2)'
    ln -s arrays/y.npy to-labels.npy
    arrays=$(md5sum arrays/*)
    refuse 2 "-o would overwrite 'arrays/y.npy', which belongs to the data in 'arrays'" "$THALWEG train --data arrays -n 2 -o arrays/y.npy"
    refuse 2 "-o would overwrite '../arrays/X.npy', which belongs to the data in '[.]'" "cd arrays; $THALWEG gradient -o ../arrays/X.npy --data ."
    refuse 2 "-o would overwrite 'to-labels.npy', which belongs to the data in 'arrays/X.npy'" "$THALWEG train --data arrays/X.npy -n 2 -o to-labels.npy"
    [ "$arrays" = "$(md5sum arrays/*)" ] || fail "arrays of the data were overwritten"
    expect 0 train -q --data arrays -n 2 -o arrays/w.npy
    expect 0 train -q --data arrays -n 2 -o arrays/w.npy
    rm -f to-labels.npy
fi

# ---- what is no mistake: parameters read whole, then replaced by their like; devices twice; a survey
# that goes on with its own file; the same file read twice.
"$THALWEG" train -q $small --weights w.h5 -n 3 -o apart.h5 >"$scratch/out" || fail "train from w.h5"
cp w.h5 in-place.h5
expect 0 train -q $small --weights in-place.h5 -n 3 -o in-place.h5
have_arrays && { "$python" - apart.h5 in-place.h5 <<'PYTHON' || fail "in place: other parameters"; }
import h5py, sys
files = [h5py.File(name) for name in sys.argv[1:]]
values = [[], []]
for k in 0, 1:
    files[k].visititems(lambda name, item: values[k].append(item[()].tobytes()) if hasattr(item, "shape") else None)
assert values[0] == values[1] and values[0]
PYTHON
expect 0 train -q $small -n 2 -o /dev/null --log /dev/null
expect 0 slice -q $small --x=-1:1:3 --save-directions d.h5 -o s.h5
expect 0 slice -q $small --weights w.h5 --dx soft.h5 --x=0:1:3 --json
expect 0 convert s.h5 to-nothing.h5 # TO is a link to nothing: what it names is made
[ -L to-nothing.h5 ] && [ -f new.h5 ] && [ ! -L new.h5 ] || fail "a link to nothing: $(ls -l to-nothing.h5 new.h5)"
rm -f new.h5

# ---- a folder that others may not write to; root may, and gives it up
if [ "$(id -u)" -eq 0 ]; then
    as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
    $as_nobody true 2>/dev/null || as_nobody=
else
    as_nobody=env
fi
if [ -n "$as_nobody" ] && $as_nobody "$THALWEG" --version >"$scratch/out" 2>&1; then
    chmod 755 "$scratch" . && mkdir closed open && chmod 555 closed && chmod 777 open
    cp s.h5 open/s.h5 && chmod 444 open/s.h5
    for line in "plane $big -o closed/a.h5" "train $small -n 1000000000 --log closed/a.csv"; do
        refuse 3 "cannot write 'closed/a[.].*': Permission denied" "$as_nobody $THALWEG $line"
    done
    refuse 3 "cannot write 'open/s.h5': Permission denied" "$as_nobody $THALWEG convert s.h5 open/s.h5"
fi
finish
