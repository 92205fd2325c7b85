#!/bin/sh
# compile_header.sh HEADER LANGUAGE STANDARD COMPILER...: includes HEADER twice and nothing else.
header=$1 language=$2 standard=$3
shift 3
command -v "$1" >/dev/null || exit 77
printf '#include "%s"\n#include "%s"\nint thalweg_header_ok;\n' "$header" "$header" |
    "$@" -x "$language" "$standard" -Wall -Wextra -Wpedantic -Werror -fsyntax-only -
