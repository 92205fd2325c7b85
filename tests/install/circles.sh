#!/bin/sh
# circles.sh NM LIBRARY.a: no two files of the library need each other, directly or by way of others. tsort
# names the files of a circle, if there is one.
nm=$1 library=$2
command -v tsort >/dev/null || exit 77
pairs=$("$nm" -A "$library" 2>/dev/null | awk '
    { file = $1; sub(/.*[:\/]/, "", file); sub(/:$/, "", file) }
    NF > 2 || $2 == "U" { split($1, part, ":"); file = part[2]; type = $(NF - 1) }
    type == "U" { need[file, $NF] = 1; next }
    type ~ /^[TDBRC]$/ { home[$NF] = file }
    END {
        for (key in need) {
            split(key, of, SUBSEP)
            if (of[2] in home && home[of[2]] != of[1]) print of[1], home[of[2]]
        }
    }' | sort -u)
count=$(echo "$pairs" | wc -l)
[ "$count" -gt 500 ] || { echo "only $count pairs of files: are these the objects?"; exit 1; }
echo "$pairs" | tsort >/dev/null
