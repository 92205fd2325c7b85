#!/bin/sh
# planted.sh PYTHON CHECK CC: a small house that keeps all rules of check-house, and for each rule one that breaks it.
set -eu
python=$1 check=$2 cc=$3
scratch=$(mktemp -d)
trap 'cd /; rm -rf "$scratch"' EXIT
trap 'exit 99' INT TERM
failures=0

# first_house: folders upper/ and team/ on core/, a public header, a tool, in $scratch/house, and kept in $scratch/kept.
first_house() {
    mkdir "$scratch/house" && cd "$scratch/house"
    mkdir -p src/core src/team src/upper cli/command include/thalweg build
    printf '| folder | holds | may use |\n| `src/core/` | all | |\n| `src/team/` | ranks | `core` |\n' >CONTRIBUTING.md
    printf "| \`src/upper/\` | more | \`core\`; \`team\`'s \`ranks.h\` |\n" >>CONTRIBUTING.md
    printf 'TW_API int tw_all(int (*f)(int, int, int), int a, int b, int c, int d, int e, int g, int h); /* a, b */\n' >include/thalweg/all.h
    printf 'int tw_lower(void);\n' >src/core/lower.h
    printf '#include "core/lower.h"\nint tw_lower(void) {\n    return 1;\n}\n' >src/core/lower.c
    printf '#include "core/objective_private.h"\nint tw_other(void);\nint tw_other(void) { return 2; }\n' >src/core/other.c
    touch src/core/objective_private.h src/team/team_private.h src/team/ranks.h
    printf '#include "team/team_private.h"\nint tw_ranks(void);\nint tw_ranks(void) { return 1; }\n' >src/team/ranks.c
    printf '#include "core/lower.h"\n#include "team/ranks.h"\nint tw_ranks(void);\nint tw_upper(void);\n' >src/upper/upper.c
    printf 'int tw_upper(void) { return tw_lower() + tw_ranks(); }\nconst char *tw_ending = "_acc"; /* "_loss_se" */\n' >>src/upper/upper.c
    { echo 'int tw_sixty(int k) {'; seq 58 | sed 's/.*/    k++;/'; echo '}'; } >src/upper/sixty.c
    printf '#include "command/tool.h"\n#include "thalweg/all.h"\n' >cli/main.c
    touch cli/command/tool.h
    compiled
    cp -a "$scratch/house" "$scratch/kept"
}
house() {
    cd "$scratch" && rm -rf house && cp -a kept house && cd house
}
compiled() {
    (cd build && rm -f ./*.o && "$cc" -w -fno-lto -I../src -I../include -DTW_API= -c ../src/*/*.c)
    for file in src/*/*.c; do
        echo "{\"directory\": \"$PWD/build\", \"file\": \"../$file\", \"output\": \"$(basename "$file" .c).o\"}"
    done | sed '1s/^/[/; $!s/$/,/; $s/$/]/' >build/compile_commands.json
}
looks() {
    [ -z "$(find src -name '*.c' -newer build/compile_commands.json)" ] || compiled
    code=0
    "$python" "$check" --source . --build build "$@" >../said 2>&1 || code=$?
}
# planted RULE WORDS: after a fault was planted, RULE and no other breaks, saying WORDS.
planted() {
    looks
    if [ $code -ne 1 ] || grep -qv "^$1: " ../said || ! grep -q -- "$2" ../said; then
        echo "FAIL: $1 with status $code says: $(cat ../said)"
        failures=$((failures + 1))
    fi
    house
}

first_house
looks
[ $code -eq 0 ] && [ ! -s ../said ] || { echo "FAIL: nothing is wrong, status $code: $(cat ../said)"; failures=1; }
house

printf 'int tw_round(void) { return tw_other(); }\n' >>src/core/lower.c
sed -i 's/{ return 2; }/{ return tw_round(); }/' src/core/other.c
planted circles 'src/core/lower.c takes tw_other from src/core/other.c'
printf '#include "upper/above.h"\n' >>src/core/lower.c
touch src/upper/above.h
planted folders "lower.c:5: 'core' may not include upper/above.h"
printf 'int tw_late(void) { return tw_upper(); }\n' >src/core/late.c
planted folders "late.c: 'core' may not call tw_upper of 'upper'"
printf '#include "team/within.h"\n' >>src/upper/upper.c
touch src/team/within.h
planted folders "'upper' may not include team/within.h"
sed -i 's/all | |/all | `upper` |/' CONTRIBUTING.md
planted folders 'in a circle: core, team, upper'
sed -i '/upper/d' CONTRIBUTING.md
planted folders "'src/upper/' has no row"
sed -i 's/`core`; `team/`core`, `team`; `team/' CONTRIBUTING.md
printf '#include "core/objective_private.h"\n' >>src/upper/upper.c
planted private 'upper.c:7: objective_private.h'
printf '#include "team/team_private.h"\n' >>src/upper/upper.c
sed -i 's/`ranks.h`/`team_private.h`/; s/`team_private.h` |$/`ranks.h`, `team_private.h` |/' CONTRIBUTING.md
planted private 'upper.c:7: team_private.h'
printf '#include "core/lower.h"\n' >>cli/main.c
planted tool 'cli/main.c:3: core/lower.h'
printf '#include <hdf5.h>\n' >>cli/main.c
planted tool 'cli/main.c:3: .*outside'
seq 12 | sed 's/.*/int a&;/' >cli/lines.c
planted share 'cli has 14 of .* lines'
sed -i 's/^}/    k++;\n}/' src/upper/sixty.c
planted functions 'sixty.c:1: tw_sixty has 61 lines'
sed -i 's/int h)/int h, int i)/' include/thalweg/all.h
planted parameters 'all.h:1: tw_all has 9 parameters'
printf 'const char *tw_bars = "%%.*s_loss_se";\n' >>src/core/lower.c
planted suffixes 'lower.c: "%.\*s_loss_se"'
touch cli/command/lower.c
planted names 'src/core/lower.c, cli/command/lower.c'
sed -i '1s,^,/* uppermost.c: all. */\n,' src/upper/sixty.c
planted names 'sixty.c:1: begins with the name uppermost.c'
echo 'See `src/upper/*.c`, `src/<folder>/` and `cc src/upper/seventy.c`.' >>CONTRIBUTING.md
planted paths 'CONTRIBUTING.md:5: there is no src/upper/seventy.c'

looks fish
[ $code -eq 2 ] || { echo "FAIL: no rule is called fish, status $code"; failures=$((failures + 1)); }
[ $failures -eq 0 ] || exit 1
echo "every rule is kept by the house and broken by its fault"
