#!/bin/sh
# Files that are none of the kinds that are read, wherever a file is named: what they are is said.
. "$THALWEG_SOURCE/tests/cli/common.sh"

mkdir empty full
echo hello >full/readme
for name in e.th e.h5 e.npy e.npz e.safetensors e.keras e.csv e.txt; do
    : >$name
done
printf '\001\002\003\004\005\006\007\010\011' >r.th
cp r.th r.h5 && cp r.th r.npz && cp r.th r.npy && cp r.th r.csv
printf '<!DOCTYPE html>\n<html>Sign in</html>\n' >page.th
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4\n' >pointer.safetensors

is_empty='the file is empty; write or fetch it again'
is_folder='cannot read .empty.: it is a directory; name a file in it'
bytes='; it begins with the bytes 01 02 03 04 05 06 07 08$'
line="--x=0:1:2 -o no.h5"

# ---- parameters and directions
for way in "eval sphere:3 --weights " "slice sphere:3 $line --to " "slice sphere:3 $line --dx " "slice sphere:3 $line --dx to:" \
    "slice sphere:3 $line --directions " "slice sphere:3 $line --dx eigen:1@" "plane sphere:3 -o no.h5 --trajectory " "convert "; do
    after=
    [ "$way" != "convert " ] || after=no.npz
    table <<END
3 | $is_folder | \$THALWEG ${way}empty $after
3 | 'e.th': $is_empty | \$THALWEG ${way}e.th $after
3 | 'e.h5': $is_empty | \$THALWEG ${way}e.h5 $after
3 | 'r.th'.*$bytes | \$THALWEG ${way}r.th $after
3 | 'r.h5'.*$bytes | \$THALWEG ${way}r.h5 $after
3 | 'page.th'.*; it is a web page, not the file that it is about: fetch that | \$THALWEG ${way}page.th $after
END
done
table <<END
3 | 'e.npy': $is_empty | \$THALWEG eval sphere:3 --weights e.npy
3 | 'e.npz': $is_empty | \$THALWEG eval sphere:3 --weights e.npz
3 | 'e.safetensors': $is_empty | \$THALWEG eval sphere:3 --weights e.safetensors
3 | 'e.keras': $is_empty | \$THALWEG eval sphere:3 --weights e.keras
3 | 'r.npy'.*$bytes | \$THALWEG eval sphere:3 --weights r.npy
3 | 'r.npz': not an .npz archive$bytes | \$THALWEG eval sphere:3 --weights r.npz
3 | 'pointer.safetensors'.*a pointer of Git LFS to the file: 'git lfs pull' fetches that | \$THALWEG eval sphere:3 --weights pointer.safetensors
END

# ---- results
for command in plot view; do
    table <<END
3 | $is_folder | \$THALWEG $command empty
3 | 'e.h5': $is_empty | \$THALWEG $command e.h5
3 | 'r.h5' is not a result file.*$bytes | \$THALWEG $command r.h5
END
done

# ---- data
for way in "info" "eval softmax --data"; do
    table <<END
3 | 'empty' is an empty folder | \$THALWEG $way empty
3 | 'full' is not a data set of a known kind .*; no folder in it has | \$THALWEG $way full
3 | 'e.th': $is_empty | \$THALWEG $way e.th
3 | 'e.npz': $is_empty | \$THALWEG $way e.npz
3 | 'e.csv': $is_empty | \$THALWEG $way e.csv
3 | 'r.th' is not a data set of a known kind.*$bytes | \$THALWEG $way r.th
3 | 'r.csv' is not a data set of a known kind.*$bytes | \$THALWEG $way r.csv
END
done

# ---- networks
: >e.onnx
cp page.th page.onnx
cp r.th r.onnx
run eval e.onnx
grep -q 'was built without ONNX' "$scratch/err" && finish
table <<END
3 | 'e.onnx': $is_empty | \$THALWEG eval e.onnx
3 | 'e.onnx': $is_empty | \$THALWEG info e.onnx
3 | 'e.onnx': $is_empty | \$THALWEG convert e.onnx no.npz
3 | 'e.onnx': $is_empty | \$THALWEG eval sphere:3 --weights e.onnx
3 | page.onnx: it is truncated, or no ONNX file; it is a web page | \$THALWEG info page.onnx
3 | r.onnx: it is truncated, or no ONNX file$ | \$THALWEG info r.onnx
END
[ ! -e no.h5 ] && [ ! -e no.npz ] || fail "a file was written"
finish
