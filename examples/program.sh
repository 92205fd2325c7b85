#!/bin/sh
# program.sh: Rosenbrock's valley of two parameters as a program in the shell, each value by awk.
#
#     thalweg gradient --exec examples/program.sh --method central
#
# The greeting says how many parameters there are and what else can be asked; see docs/plugins.md.
echo thalweg 1
echo size 2
echo start
echo ready

while read -r word x y; do
    case $word in
    start) echo -1.2 1 ;;
    value) awk -v x="$x" -v y="$y" 'BEGIN {
               printf "%.17g\n", 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x) }' </dev/null ;;
    quit) exit ;;
    *) echo "error what is '$word'?" ;;
    esac
done
