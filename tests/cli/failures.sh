#!/bin/sh
# Things that go wrong at run time: one line that names the file, exit code 3 (2 where the command
# line is at fault), nothing left behind.
. "$THALWEG_SOURCE/tests/cli/common.sh"

# Good and bad inputs, outside the folder that is watched.
in=$scratch/in
mkdir "$in" "$in/readonly" "$in/binary" "$in/empty" "$in/short"
"$THALWEG" gradient -q --data synthetic:20 --method analytic -o "$in/good.npy" >"$scratch/out" || fail "gradient -o"
cp "$in/good.npy" "$in/nan.npy"
printf '\000\000\000\000\000\000\370\177' | dd of="$in/nan.npy" bs=1 seek=128 conv=notrunc 2>/dev/null
"$THALWEG" gradient -q --data synthetic:20 --classes 0,1,2 -m analytic -o "$in/three.npy" >"$scratch/out" || fail "three"
head -c 1000 "$in/good.npy" >"$in/cut.npy"
echo 'not a file of numbers' >"$in/text.npy"
echo 'not a file of numbers' >"$in/text.h5"
: >"$in/nothing.npy"
for i in 1 2 3 4 5; do head -c 30730 /dev/zero >"$in/binary/data_batch_$i.bin"; done
head -c 30730 /dev/zero >"$in/binary/test_batch.bin"
cp "$in/binary"/* "$in/short" && head -c 30000 /dev/zero >"$in/short/data_batch_3.bin"
"$THALWEG" slice -q --data synthetic:20 --x=-1:1:5 -o "$in/slice.h5" >"$scratch/out" || fail "slice -o"
"$THALWEG" steps -q --data synthetic:20 -m analytic -o "$in/steps.csv" >"$scratch/out" || fail "steps -o"
printf '# thalweg recipe\na,b\n1,2\n' >"$in/recipe.csv"
printf '# thalweg steps\na,b\n1,2\n' >"$in/other.csv"
printf '# thalweg steps\nstep,loss\n1,x\n' >"$in/letters.csv"
printf '# thalweg steps\nstep,loss\n' >"$in/rowless.csv"
small="--data synthetic:20"

table <<'END'
# ---- data
3 | eval: .*nowhere.*No such file | $THALWEG eval --data nowhere
3 | 'nowhere/cifar'.*No such file | $THALWEG info nowhere/cifar
3 | 'nowhere'|draws no pictures | $THALWEG demo --data nowhere
3 | empty | $THALWEG eval --data $in/empty
3 | data_batch_3.bin | $THALWEG eval --data $in/short
3 | text.npy | $THALWEG eval --data $in/text.npy
2 | synthetic | $THALWEG eval --data synthetic:0
2 | synthetic | $THALWEG eval --data synthetic:-5
2 | synthetic | $THALWEG eval --data synthetic:x
2 | --example: 20 is out of range.*0 to 19 | $THALWEG eval $small --example 20
2 | --example: '-1' | $THALWEG eval $small --example -1
2 | --classes: '10' is not a class | $THALWEG eval $small --classes 0,10
2 | --classes: 'unicorn' is not a class | $THALWEG eval $small --classes unicorn
2 | --classes: '' is not a class | $THALWEG eval $small --classes 0,,1
2 | --classes: class 0 is given twice | $THALWEG eval $small --classes 0,1,0
3 | binary.*(no sample|empty|none) | $THALWEG eval --data $in/binary --classes 5
# ---- parameters
3 | 'nowhere.npy'.*No such file | $THALWEG eval $small --weights nowhere.npy
3 | three.npy.*(3073 x 3|3073, 3) | $THALWEG eval $small --weights $in/three.npy
3 | nan.npy.*(finite|nan|NaN) | $THALWEG eval $small --weights $in/nan.npy
3 | cut.npy | $THALWEG eval $small --weights $in/cut.npy
3 | text.npy | $THALWEG eval $small --weights $in/text.npy
3 | text.h5 | $THALWEG eval $small --weights $in/text.h5
3 | nothing.npy | $THALWEG eval $small --weights $in/nothing.npy
3 | empty | $THALWEG eval $small --weights $in/empty
3 | good.txt.*(.npy|.h5|it is not text) | cp $in/good.npy ../good.txt; $THALWEG eval $small --weights ../good.txt
3 | --dx: .*nowhere.npy | $THALWEG slice $small --json --dx nowhere.npy
3 | --dy: .*three.npy | $THALWEG plane $small --json --dy $in/three.npy
3 | --dx: .*nan.npy | $THALWEG plane $small --json --dx $in/nan.npy
# ---- results that are none
3 | 'nowhere.h5'.*No such file | $THALWEG plot nowhere.h5 -o a.png
3 | text.h5 | $THALWEG plot $in/text.h5 -o a.png
3 | good.npy.*holds parameters | $THALWEG plot $in/good.npy -o a.png
3 | table of kind 'recipe' | $THALWEG plot $in/recipe.csv -o a.png
3 | needs the columns 'step' and 'loss' | $THALWEG plot $in/other.csv -o a.png
3 | letters.csv | $THALWEG plot $in/letters.csv -o a.png
3 | table of steps is empty | $THALWEG plot $in/rowless.csv -o a.png
2 | unknown metric 'loss'; there are: train_loss | $THALWEG plot $in/slice.h5 --metric loss -o a.png
2 | --log and --linear cannot be used together | $THALWEG plot $in/slice.h5 --log --linear -o a.png
# ---- places to write
3 | 'missing/g.npy': No such file | $THALWEG gradient $small -o missing/g.npy
3 | 'missing/s.csv': No such file | $THALWEG steps $small -o missing/s.csv
3 | 'missing/s.png': No such file | $THALWEG steps $small --plot missing/s.png
3 | 'missing/s.h5': No such file | $THALWEG slice $small -o missing/s.h5
3 | 'missing/p.h5': No such file | $THALWEG plane $small -o missing/p.h5
3 | 'missing/w.npy': No such file | $THALWEG train $small -o missing/w.npy
3 | 'missing/w.csv': No such file | $THALWEG train $small --log missing/w.csv
3 | 'missing/a.png': No such file | $THALWEG plot $in/slice.h5 -o missing/a.png
3 | 'missing/a.png': No such file | $THALWEG info synthetic:20 --sheet missing/a.png
3 | 'missing/demo'|draws no pictures | $THALWEG demo $small -o missing/demo
3 | good.npy/g.npy': .*irectory | $THALWEG gradient $small -o $in/good.npy/g.npy
3 | '/dev/full': No space left | $THALWEG gradient $small -m analytic -o /dev/full
3 | No space left | ln -s /dev/full ../full.csv; $THALWEG steps $small -m analytic -o ../full.csv
3 | good.npy|draws no pictures | $THALWEG demo $small -o $in/good.npy
# ---- downloads
2 | unknown data set 'cifar11'; did you mean 'cifar10' | $THALWEG fetch cifar11 .
3 | nowhere|libcurl | $THALWEG fetch cifar10 fetched --base-url file://$scratch/nowhere
END

# Pipes, devices and sockets in the place of files: refused by every reader, waited for by none.
mkfifo "$in/pipe" "$in/pipe.npy" "$in/pipe.h5" "$in/pipe.npz" "$in/pipe.csv" "$in/pipe.txt"
for pipe in "$in/pipe" "$in/pipe.npy" "$in/pipe.h5" "$in/pipe.npz" "$in/pipe.csv" "$in/pipe.txt" /dev/null; do
    for line in "eval $small --weights $pipe" "eval --data $pipe" "slice $small --json --dx $pipe" \
        "slice $small --json --dx to:$pipe" "slice $small --json --directions $pipe" "slice $small --json --to $pipe" \
        "plane $small --json --trajectory $pipe" "plot $pipe -o a.png" "convert $pipe a.h5" "info $pipe"; do
        refuse 3 "'$pipe.*'" "timeout -s KILL 100 $THALWEG $line"
    done
done

# A limit on the size of files: one line, the old file stays.
cp "$in/good.npy" g.npy && cp "$in/slice.h5" s.h5
for line in "gradient $small -m analytic -o g.npy" "train $small -n 1 -o g.npy" "train $small -n 1 --trajectory t.h5" \
    "slice $small --x=-1:1:2001 --restart -o s.h5" "info synthetic:20 --sheet a.png"; do
    [ "${line#info}" = "$line" ] || can_draw || continue
    refuse 3 "cannot write '.*': File too large" "ulimit -f 1; timeout 100 $THALWEG $line -q"
done
cmp -s g.npy "$in/good.npy" && cmp -s s.h5 "$in/slice.h5" || fail "a limit: an old file was changed"
(ulimit -f 1; "$THALWEG" --help-man >../man) 2>"$scratch/err"
one_line "cannot write standard output: File too large" "a limit on standard output"

if [ "$(id -u)" -ne 0 ]; then
    cp "$in/good.npy" "$in/secret.npy"
    chmod 000 "$in/secret.npy"
    chmod 555 "$in/readonly"
    table <<'END'
3 | secret.npy.*Permission denied | $THALWEG eval $small --weights $in/secret.npy
3 | readonly/g.npy': Permission denied | $THALWEG gradient $small -o $in/readonly/g.npy
3 | readonly/demo|draws no pictures | $THALWEG demo $small -o $in/readonly/demo
END
    chmod 755 "$in/readonly"
fi

# A file that is there stays as it is if the command fails.
echo precious >w.npy
run train $small --weights "$in/nan.npy" -o w.npy
[ "$code" -eq 3 ] && [ "$(cat w.npy)" = precious ] || fail "a failed train touched -o"
# ---- a result whose file cannot be written can still be read
(
    trap '' XFSZ
    ulimit -f 100
    exec "$THALWEG" gradient softmax --data synthetic:20 -m analytic -o large.npy --json >"$scratch/out" 2>"$scratch/err"
)
code=$?
[ "$code" -eq 3 ] || fail "no room for a gradient: exit code $code"
one_line "'large.npy.*: File too large" "no room for a gradient"
json 'o["norm"] > 0'
finish
