#!/bin/sh
# Command lines that say nothing sensible: one line, exit code 2, nothing left behind.
. "$THALWEG_SOURCE/tests/cli/common.sh"

table <<'END'
# ---- commands and options
2 | which command | $THALWEG
2 | unknown command 'evla'; did you mean 'eval' | $THALWEG evla
2 | unknown command 'xyzzyplugh'; there are: demo, | $THALWEG xyzzyplugh
2 | unknown command 'plnae'; did you mean 'plane' | $THALWEG help plnae
2 | unknown command 'check'; thalweg calls it gradcheck | $THALWEG check
2 | unknown command 'minimize'; thalweg calls it train | $THALWEG minimize
2 | an argument is missing: thalweg fetch NAME DIRECTORY, as in 'thalweg fetch cifar10 | $THALWEG fetch mnist
2 | comes before the command | $THALWEG --json eval
2 | eval: unknown option '--limt'; did you mean '--limit' | $THALWEG eval --limt 3
2 | eval: unknown option '--zzzzzzzz'; 'thalweg eval --help-all' lists them | $THALWEG eval --zzzzzzzz
2 | eval: unknown option '-Z' | $THALWEG eval -Z
2 | '--m' may be '--model' or '--micro-batch' | $THALWEG eval --m svm
2 | '--limit' needs a value: N | $THALWEG eval --limit
2 | --json: unknown word 'yes'; there are: values | $THALWEG eval --json=yes
2 | --weights: the value is empty | $THALWEG eval --weights=
2 | '-o' needs a value | $THALWEG gradient -o
2 | '-o' needs a value, FILE, before '--json' | $THALWEG gradient -o --json
2 | '--limit' needs a value, N, before '--reg=1' | $THALWEG eval --limit --reg=1
2 | unknown option '-data'; did you mean '--data' | $THALWEG eval -data synthetic
2 | unknown option '-x'; did you mean '--x' | $THALWEG slice -x -1:1:3
2 | --at: 'nan' is not a finite number | $THALWEG eval himmelblau --at nan,1
2 | --step: '1e999' is out of the range of a double | $THALWEG train himmelblau --step 1e999
2 | unknown option '--report_every'; did you mean '--report-every' | $THALWEG train --report_every 3
2 | '--atol' is an option of gradcheck, not of eval | $THALWEG eval --atol 1
2 | '--dy' is an option of plane, not of slice | $THALWEG slice --dy 1
2 | '--method' is an option of gradient and train, not of eval | $THALWEG eval --method sgd
2 | unexpected argument 'lr=0.1'; options have two dashes: --lr=0.1 | $THALWEG train softmax lr=0.1
# ---- what other tools call them
2 | unknown option '--lr'; thalweg calls it --step=S | $THALWEG train --lr 0.1
2 | unknown option '-lr'; thalweg calls it --step=S | $THALWEG train -lr 0.1
2 | unknown option '--lr'; thalweg calls it --step, an option of gradient, spectrum and train, not of slice | $THALWEG slice --lr 1
2 | '--learning_rate'; thalweg calls it --step=S | $THALWEG train --learning_rate=0.1
2 | '--epochs'; thalweg calls it --iterations=N .mini-batches | $THALWEG train --epochs 3
2 | '--steps'; thalweg calls it --iterations=N | $THALWEG train --steps 100
2 | '--max-iter'; thalweg calls it --iterations=N | $THALWEG train --max-iter 100
2 | '--optimizer'; thalweg calls it --method=NAME | $THALWEG train --optimizer adam
2 | '--batch-size'; thalweg calls it --batch=N | $THALWEG train --batch-size 8
2 | '--weight_decay'; thalweg calls it --reg=R .half a weight decay | $THALWEG train --weight_decay 1e-4
2 | '--eps'; thalweg calls it --step=H | $THALWEG gradient --eps 1e-6
2 | '--eps'; thalweg calls it --diff-step=H | $THALWEG steps --eps 1e-6
2 | '--dataset'; thalweg calls it --data=PATH | $THALWEG eval --dataset cifar10
2 | '--xrange'; thalweg calls it --x=FIRST:LAST:COUNT | $THALWEG plane --xrange -1:1
2 | '--xnum'; thalweg calls it --x=FIRST:LAST:COUNT | $THALWEG plane --xnum 51
2 | '--xnorm'; thalweg calls it --norm=NAME | $THALWEG plane --xnorm filter
2 | '--dir_type'; leave it out: directions are those of the parameters | $THALWEG plane --dir_type weights
2 | '--model_file'; thalweg calls it --weights=FILE | $THALWEG plane --model_file m.t7
2 | '--model_file2'; thalweg calls it --to=FILE | $THALWEG slice --model_file2 m.t7
2 | '--cmap'; thalweg calls it --colormap=NAME | $THALWEG plot a.h5 --cmap jet
2 | '--random-state'; thalweg calls it --seed=N | $THALWEG eval --random-state 3
2 | '-j'; thalweg calls it --threads=N | $THALWEG eval -j 2
2 | '--cuda'; leave it out: everything is computed on the CPU | $THALWEG eval --cuda
2 | plot: an argument is missing | $THALWEG plot
2 | convert: unexpected argument 'c' | $THALWEG convert a b c
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
2 | --reg: 'nan' is not a finite number | $THALWEG eval --reg nan
2 | --reg: 'inf' is not a finite number | $THALWEG eval --reg inf
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
2 | --weights and --init cannot be used together | $THALWEG eval --init zero --weights w.npy
2 | --x: | $THALWEG slice --json --x=1:1:0
2 | --x: | $THALWEG slice --json --x -1:1
2 | --x: | $THALWEG slice --json --x=-1:1:51:3
2 | --x: | $THALWEG slice --json --x=a:b:c
2 | --x: | $THALWEG slice --json --x=-1:1:-5
2 | --x: | $THALWEG slice --json --x=-1:nan:5
2 | --y: | $THALWEG plane --json --y=-1:1:1e3
# ---- names
2 | unknown model 'sofmax'; did you mean 'softmax' | $THALWEG eval sofmax
2 | unknown model 'xyzzyplugh'; there are: softmax, svm | $THALWEG eval --model xyzzyplugh
2 | unknown model 'lenet5'; of networks there are mlp:512,256, those of CIFAR-10 | $THALWEG eval --model lenet5
2 | unknown model 'Logistic'; thalweg calls it softmax | $THALWEG eval Logistic
2 | unknown model 'SVM'; did you mean 'svm' | $THALWEG eval SVM
2 | --norm: unknown name 'fliter'; did you mean 'filter' | $THALWEG plane --json --norm fliter
2 | --method: unknown name 'centrl'; did you mean 'central' | $THALWEG gradient --method centrl
2 | --method: unknown method 'sdg'; did you mean 'sgd' | $THALWEG train --method sdg
2 | --method: unknown method 'AdamW'; did you mean 'adam' | $THALWEG train --method AdamW
2 | --gradient: unknown name 'analytc'; did you mean 'analytic' | $THALWEG steps --gradient analytc
2 | --schedule: unknown name 'inverted'; | $THALWEG train --schedule inverted
2 | --split: unknown name 'tset'; did you mean 'test' | $THALWEG eval --split tset
2 | --cpu: unknown level 'genric'; did you mean 'generic' | $THALWEG eval --cpu genric
2 | --view: unknown name '4d'; did you mean '3d' | $THALWEG plot a.h5 -o a.png --view 4d
2 | --colormap: unknown name 'virdis'; did you mean 'viridis' | $THALWEG plot a.h5 -o a.png --colormap virdis
2 | --scale and --norm cannot be used together | $THALWEG slice --json --scale 1 --norm filter
# ---- given is what was typed, also where it is the usual value
2 | --margin: 'mlp:4' is a network, which does not use it | $THALWEG eval mlp:4 --margin 2
2 | --margin: 'mlp:4' is a network, which does not use it | $THALWEG eval mlp:4 --margin 1
2 | --margin: 'softmax' is a linear classifier, which does not use it | $THALWEG eval softmax --margin 2
2 | --margin: 'softmax' is a linear classifier, which does not use it | $THALWEG slice softmax --marg 1 -o s.csv
2 | --activation: 'svm' is a linear classifier, which does not use it | $THALWEG eval svm --activation relu
2 | --reg: 'rosenbrock' is a function, which does not use it | $THALWEG train rosenbrock --reg 0
2 | --example: 'rosenbrock' is a function, which does not use it | $THALWEG gradient rosenbrock --example 0
2 | --data: 'rosenbrock' is a function, which does not use it | $THALWEG eval rosenbrock --data synthetic
2 | --split: 'rosenbrock' is a function, which does not use it | $THALWEG eval rosenbrock --split train
2 | --limit: 'rosenbrock' is a function, which does not use it | $THALWEG eval rosenbrock --limit 1
2 | --classes: 'rosenbrock' is a function, which does not use it | $THALWEG eval rosenbrock --classes 0
2 | --label: 'rosenbrock' is a function, which does not use it | $THALWEG eval rosenbrock --label 1
2 | --labels-from: 'rosenbrock' is a function, which does not use it | $THALWEG eval rosenbrock --labels-from 0
2 | --decimal: 'rosenbrock' is a function, which does not use it | $THALWEG eval rosenbrock --decimal .
2 | --channels: 'rosenbrock' is a function, which does not use it | $THALWEG eval rosenbrock --channels first
2 | --exec-timeout: 'softmax' is a linear classifier, which does not use it | $THALWEG eval --exec-timeout 60
2 | --exec-once: 'mlp:4' is a network, which does not use it | $THALWEG eval mlp:4 --exec-once
2 | --exec-workers: 'svm' is a linear classifier, which does not use it | $THALWEG eval svm --exec-workers 1
2 | --reg: 'cat' is a program, which does not use it | $THALWEG eval --exec cat --reg 0
2 | chooses its steps itself; leave out the step and the schedule|unknown method 'lbfgs' | $THALWEG train rosenbrock --method lbfgs --schedule constant
2 | a line search chooses the steps itself; leave out the schedule | $THALWEG train rosenbrock --method gd --line-search --schedule constant
# ---- outputs
3 | plot: cannot open 'a.h5': No such file | $THALWEG plot a.h5
2 | -o 'a.jpg': the name must end in .png, .svg or .pdf | $THALWEG plot a.h5 -o a.jpg
2 | -o 'w.txt': the name must end in .npy, .npz, .h5 or .safetensors | $THALWEG train -o w.txt
2 | -o 'plane.npy': the name must end in .h5 | $THALWEG plane -o plane.npy
2 | no output was asked for | $THALWEG plane
2 | --log 'a.txt': the name must end in .csv or .h5 | $THALWEG train --log a.txt
2 | --sheet: give one data set | $THALWEG info a b --sheet s.png
END

# Files and folders in the place of a model, with the command that takes them.
mkdir folder
for file in mine.py mine.c mine.cpp mine.f90 x.onnx x.pt x.th x.safetensors x.pkl x.keras w.npy t.csv program; do
    echo 'no model' >"$file"
done
chmod +x program
table <<'END'
2 | 'mine.py' is a program; .*: thalweg gradcheck --exec "python3 mine.py" | $THALWEG gradcheck mine.py
2 | thalweg gradcheck --exec "python3 ./mine.py" | $THALWEG gradcheck ./mine.py
2 | thalweg gradient --exec ./program | $THALWEG gradient program
2 | cc -O2 -shared -fPIC ./mine.c -o ./mine.so -lm && thalweg gradcheck ./mine.so | $THALWEG gradcheck ./mine.c
2 | c[+][+] -O2 -shared -fPIC mine.cpp -o mine.so -lm && thalweg eval ./mine.so | $THALWEG eval mine.cpp
2 | gfortran -O2 -shared -fPIC mine.f90 | $THALWEG eval mine.f90
2 | 'folder' is a folder, not a model; .* thalweg eval softmax --data folder | $THALWEG eval softmax folder
2 | thalweg eval softmax --data ./folder | $THALWEG eval ./folder
2 | thalweg train softmax --data folder | $THALWEG train folder softmax
2 | 't.csv' is a table, not a model; name data with --data | $THALWEG eval t.csv
2 | name parameters with --weights w.npy | $THALWEG eval softmax w.npy
3 | x.onnx: it is truncated, or no ONNX file|built without ONNX files | $THALWEG eval x.onnx
2 | --repeats draws directions; it cannot be used with --dx axis:x | $THALWEG slice sphere:3 --dx axis:0 --repeats 1 --json
2 | --repeats draws directions; it cannot be used with --to | $THALWEG slice sphere:3 --to w.npy --repeats 1 --json
2 | --repeats and --save-directions cannot be used together | $THALWEG slice sphere:3 --save-directions d.h5 --repeats 1 --json
2 | --ignore does not apply to axes that are parameters | $THALWEG plane himmelblau --ignore none --json
2 | --ignore does not apply to axes that come from points | $THALWEG slice sphere:3 --to w.npy --ignore none --json
2 | './x.pt' is a file of numbers, not a model; name parameters with --weights ./x.pt | $THALWEG eval ./x.pt
3 | 'x.th', line 1: none of the 2 columns is called label | $THALWEG info x.th
3 | 'x.pt': weights are read from PyTorch's checkpoints | $THALWEG eval --weights x.pt
3 | 'x.safetensors', line 1: none of the 2 columns is called label | $THALWEG eval --data x.safetensors
3 | 'x.pkl': pickles other than CIFAR's are not read yet | $THALWEG info x.pkl
3 | 'x.keras', line 1: none of the 2 columns is called label | $THALWEG info x.keras
3 | cannot open './missing.py' | $THALWEG gradcheck ./missing.py
END
run eval --exec mine.py
tail -1 "$scratch/err" | grep -q 'thalweg eval --exec "python3 mine.py"' || fail "--exec mine.py: $(cat "$scratch/err")"

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
