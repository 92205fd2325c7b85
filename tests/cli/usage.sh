#!/bin/sh
# Command lines that say nothing sensible: one line, exit code 2, nothing left behind.
. "$THALWEG_SOURCE/tests/cli/common.sh"

table <<'END'
# ---- commands and options
2 | which command | $THALWEG
2 | unknown command 'evla'; did you mean 'eval' | $THALWEG evla
2 | unknown command 'xyzzyplugh'; there are: demo, | $THALWEG xyzzyplugh
2 | unknown command 'plnae'; did you mean 'plane' | $THALWEG help plnae
2 | stands before the command | $THALWEG --json eval
2 | eval: unknown option '--limt'; did you mean '--limit' | $THALWEG eval --limt 3
2 | eval: unknown option '--zzzzzzzz'; --help | $THALWEG eval --zzzzzzzz
2 | eval: unknown option '-Z' | $THALWEG eval -Z
2 | '--m' may be '--model' or '--margin' | $THALWEG eval --m svm
2 | '--limit' needs a value: N | $THALWEG eval --limit
2 | '--json' takes no value | $THALWEG eval --json=yes
2 | --weights: the value is empty | $THALWEG eval --weights=
2 | '-o' needs a value | $THALWEG gradient -o
2 | plot: an argument is missing | $THALWEG plot
2 | plot: unexpected argument 'b' | $THALWEG plot a b -o c.png
2 | eval: unexpected argument 'svm' | $THALWEG eval softmax svm
2 | unexpected argument | $THALWEG eval softmax -- --json
2 | given twice: 'svm' and 'softmax' | $THALWEG eval svm --model softmax
# ---- numbers
2 | --limit: '-3' is not a whole number | $THALWEG eval --limit -3
2 | --limit: '-3' is not a whole number | $THALWEG eval --limit=-3
2 | --limit: '0' must be greater than 0 | $THALWEG eval --limit 0
2 | --limit: '1e4' is not a whole number | $THALWEG eval --limit 1e4
2 | --limit: '99999999999999999999' is too large | $THALWEG eval --limit 99999999999999999999
2 | --limit: '9999999999999999999' is too large | $THALWEG eval --limit 9999999999999999999
2 | --reg: '1e9999' is out of the range | $THALWEG eval --reg 1e9999
2 | --reg: '1e-9999' is out of the range | $THALWEG eval --reg 1e-9999
2 | --reg: 'nan' is out of the range | $THALWEG eval --reg nan
2 | --reg: 'inf' is out of the range | $THALWEG eval --reg inf
2 | --reg: '5e-6x' is not a number | $THALWEG eval --reg 5e-6x
2 | --reg: ' 1' is not a number | $THALWEG eval --reg ' 1'
2 | --reg: '-1' must be 0 or greater | $THALWEG eval --reg -1
2 | --margin: '0' must be greater than 0 | $THALWEG eval svm --margin 0
2 | --threads: '0' must be greater than 0 | $THALWEG eval --threads 0
2 | --threads: '-1' is not a whole number | $THALWEG eval --threads -1
2 | --threads: 'abc' is not a whole number | $THALWEG eval --threads abc
2 | --threads: 1000000 is more than | $THALWEG eval --threads 1000000
2 | --seed: '-1' is not a whole number | $THALWEG eval --seed -1
2 | --seed: '18446744073709551616' is too large | $THALWEG eval --seed 18446744073709551616
2 | --steps: '' is not a number | $THALWEG steps --steps 1e-3,,1e-2
2 | --steps: '-1' must be greater than 0 | $THALWEG steps --steps 1e-3,-1
2 | --init: 'normal:x' is neither|--init: 'x' is not a number | $THALWEG eval --init normal:x
2 | --init: 'uniform' is neither | $THALWEG eval --init uniform
2 | --weights and --init exclude | $THALWEG eval --init zero --weights w.npy
2 | --x: | $THALWEG slice --json --x=1:1:0
2 | --x: | $THALWEG slice --json --x -1:1
2 | --x: | $THALWEG slice --json --x=-1:1:51:3
2 | --x: | $THALWEG slice --json --x=a:b:c
2 | --x: | $THALWEG slice --json --x=-1:1:-5
2 | --x: | $THALWEG slice --json --x=-1:nan:5
2 | --y: | $THALWEG plane --json --y=-1:1:1e3
# ---- names
2 | unknown model 'sofmax'; did you mean 'softmax' | $THALWEG eval sofmax
2 | unknown model 'resnet20'; there are: softmax, svm | $THALWEG eval --model resnet20
2 | --norm: unknown name 'fliter'; did you mean 'filter' | $THALWEG plane --json --norm fliter
2 | --method: unknown name 'centrl'; did you mean 'central' | $THALWEG gradient --method centrl
2 | --method: unknown method 'sdg'; did you mean 'sgd' | $THALWEG train --method sdg
2 | --gradient: unknown name 'analytc'; did you mean 'analytic' | $THALWEG steps --gradient analytc
2 | --schedule: unknown name 'inverted'; | $THALWEG train --schedule inverted
2 | --split: unknown name 'tset'; did you mean 'test' | $THALWEG eval --split tset
2 | --cpu: unknown level 'genric'; did you mean 'generic' | $THALWEG eval --cpu genric
2 | --view: unknown name '4d'; did you mean '3d' | $THALWEG plot a.h5 -o a.png --view 4d
2 | --colormap: unknown name 'virdis'; did you mean 'viridis' | $THALWEG plot a.h5 -o a.png --colormap virdis
2 | --scale and --norm exclude | $THALWEG slice --json --scale 1 --norm filter
# ---- outputs
2 | plot: where to | $THALWEG plot a.h5
2 | -o 'a.jpg': the name must end in .png, .svg or .pdf | $THALWEG plot a.h5 -o a.jpg
2 | -o 'w.txt': the name must end in .npy, .npz or .h5 | $THALWEG train -o w.txt
2 | -o 'plane.npy': the name must end in .h5 | $THALWEG plane -o plane.npy
2 | nothing would be kept | $THALWEG plane
2 | --log 'a.txt': the name must end in .csv or .h5 | $THALWEG train --log a.txt
2 | --sheet: give one data set | $THALWEG info a b --sheet s.png
END

# Names with control characters stay one line.
refuse 2 "unknown command 'a\?b'" "\$THALWEG 'a
b'"

# Either way of writing a value, abbreviations, clusters and -- are understood.
for line in "--limit=10" "--limit 10" "--lim 10" "-q --limit 10" "--limit 10 --" "--limit 20 --limit 10"; do
    expect 0 eval --data synthetic:200 --json $line
    json 'o["samples"] == 10'
done
expect 0 slice --data synthetic:50 --x -1:1:3 --json
json 'o["points"] == 3'
expect 0 gradient --data synthetic:50 -qmanalytic -o g.npy
[ -f g.npy ] || fail "-qmanalytic -o: no g.npy"
finish
