#!/bin/sh
# live.sh: live pages in Chromium (live.js), and how 'thalweg view --live' begins and ends.
. "$THALWEG_SOURCE/tests/cli/common.sh"

expect 2 view --live
run view --live none.h5
[ "$code" -ne 0 ] || fail "a page of a file that is not there"
expect 0 plane himmelblau --x=-6:6:13 --y=-6:6:13 -o bowl.h5 -q
expect 2 view --live bowl.h5 -o page.html
expect 2 view bowl.h5 --port 8000
expect 2 view bowl.h5 --live plane himmelblau
expect 2 view --seed 1 --live plane himmelblau
run view --live bowl.h5 --host nowhere
grep -q "built without" "$scratch/err" && skip "built without libmicrohttpd"
one_line "'nowhere' is no IP address" "a host that is none"
expect 2 view --live --port 1000000 bowl.h5

# serve NAME ARGUMENT...: starts it, and waits for its address, in $address.
serve() {
    name=$1
    shift
    : >"$name.out"
    env --default-signal=INT,TERM,HUP "$THALWEG" view "$@" >"$name.out" 2>"$name.err" &
    server=$!
    until_so "[ -s $name.out ] || is_gone $server"
    address=$(head -n 1 "$name.out")
    [ -n "$address" ] || fail "no address: $(cat "$name.err")"
}

# stopped: the server gets a signal when it can take one, as it can from when it has its page on.
stopped() {
    until_so "catches $server || is_gone $server"
    kill -TERM "$server"
}

# ended CODE: the server has ended, or does within its two minutes, with this status.
ended() {
    until_so "is_gone $server" || kill -KILL "$server"
    wait "$server"
    code=$?
    [ "$code" -eq "$1" ] || fail "it ended with $code, not $1: $(cat "$name.err")"
}

# Ctrl-C: what is there is saved, and the same survey goes on from it; values are plane's.
long="mlp:64,64 --data synthetic:10000 --seed 1 --x=-1:1:201 --y=-1:1:201"
serve term --live plane $long -o part.h5
stopped
ended 143
grep -q "the same command continues from there" term.err || fail "not said: $(cat term.err)"
small="softmax --data synthetic:300 --x=-1:1:9 --y=-1:1:9"
serve whole --live plane $small -o live.h5
until_so "grep -q '^points' whole.out || is_gone $server"
stopped
ended 0
expect 0 plane $small -o alone.h5 -q
expect 0 convert live.h5 live.csv
expect 0 convert alone.h5 alone.csv
grep -v '^#' live.csv >live.txt
grep -v '^#' alone.csv >alone.txt
cmp live.txt alone.txt || fail "the values are not those of plane"

# A file whose command gives something else now is shown, and not asked.
expect 0 plane himmelblau --at 1,1 --dx random --dy random --x=-1:1:5 --y=-1:1:5 -o moved.h5 -q
sed 's/--at 1,1/--at 2,1/' moved.h5 >other.h5
serve moved --live other.h5
stopped
ended 0
grep -q "cannot be asked: its command gives another point now" moved.err || fail "moved: $(cat moved.err)"

# A file that somebody sent runs nothing and writes nothing, whatever command it names; it is shown.
# armed NAME COMMAND: bowl.csv with that command in it is served.
expect 0 plane himmelblau --x=-1:1:5 --y=-1:1:5 -o bowl.csv -q
armed() {
    sed "s|^# command: .*|# command: $2|" bowl.csv >"$1.csv"
    grep -qF -- "$2" "$1.csv" || fail "$1: the command is not in the file"
    serve "$1" --live "$1.csv"
    stopped
    ended 0
    [ ! -e made ] && [ ! -e made.h5 ] && [ ! -e made.png ] || fail "$1: the file had something written"
}
armed program "thalweg plane --exec 'touch made; cat' -o made.h5"
armed once "thalweg plane --exec-once --exec-size 2 --exec='touch made; echo 1' -o made.h5"
armed object "thalweg plane ./made.so -o made.h5"
armed named "thalweg plane --model ./mlp:made.so -o made.h5"
for name in program once object named; do
    grep -q "cannot be asked: its command runs a program or a shared object" $name.err ||
        fail "$name: $(cat $name.err)"
done
armed writes "thalweg plane himmelblau --x=-1:1:5 --y=-1:1:5 -o made.h5 --plot made.png --save-directions made.h5"
! grep -q "cannot be asked" writes.err || fail "writes: $(cat writes.err)"

# A file that cannot be read for a while, since somebody has it locked, is shown when it can.
cp bowl.h5 locked.h5
expect 0 plane ackley:2 --norm none --x=-6:6:13 --y=-6:6:13 -o ackley.h5 -q
if [ -n "$python" ]; then
    serve locked --live locked.h5
    "$python" -IS - "$address" <<'PYTHON' || fail "a file that was locked is not shown"
import fcntl, os, sys, time, urllib.request
events = urllib.request.urlopen(sys.argv[1] + "events", timeout=60)
def until(word, end=time.monotonic() + 60):
    while word not in events.readline():
        time.monotonic() < end or sys.exit("no %s" % word)
until(b"himmelblau")
new = open("ackley.h5", "rb")
fcntl.flock(new, fcntl.LOCK_EX)
os.rename("ackley.h5", "locked.h5")
time.sleep(1)  # looks at files, and waits for locks, are shorter
new.close()
until(b"ackley")
PYTHON
    stopped
    ended 0
fi

here=$THALWEG_SOURCE/tests/viewer
command -v node >/dev/null || skip "no node"
[ -d "$here/node_modules/playwright-core" ] || skip "no playwright-core: run npm ci in tests/viewer"
browser=
for name in chromium chromium-headless-shell chromium-browser google-chrome; do
    [ -n "$browser" ] || browser=$(command -v "$name") || browser=
done
[ -n "$browser" ] || skip "no chromium"
# look PART: that part of live.js on the page, which ends the server; it is ended where that fails.
look() {
    (cd "$here" && node live.js "$1" "$address" "$browser") || { kill -KILL "$server"; return 1; }
}
serve page --live plane $long -o page.h5
look filling || fail "live.js: a survey as it fills"
ended 3
serve result --live alone.h5
look result || fail "live.js: a result"
ended 0
expect 0 slice softmax --data synthetic:60 --seed 1 --x=-1:1:9 -o line.h5 -q
expect 0 slice softmax --data synthetic:60 --seed 2 --x=-1:1:9 -o second.h5 -q
serve compared --live line.h5 second.h5
look compared || fail "live.js: a comparison, and a page that is refused"
ended 0
cp page.h5 grows.h5
serve grows --live grows.h5
"$THALWEG" plane $long -o grows.h5 --save-every 0.1 -q 2>other.err &
other=$!
look grows || fail "live.js: a file that grows"
ended 0
kill "$other"
wait
finish
