#!/bin/sh
# serve: any model over the protocol of --exec, spoken here by Python; and through --exec itself.
. "$THALWEG_SOURCE/tests/cli/common.sh"
: "${THALWEG_PLUGINS:?the folder of the test plug-ins}"
cp "$THALWEG_PLUGINS"/*.so . || exit 99

"$THALWEG" gradient whole.so:7 --method analytic -o g.npy --json >g.json || fail "gradient"
have_arrays && {
    "$python" - "$THALWEG" <<'PYTHON' || fail "the conversation"
import json, numpy, subprocess, sys

class Model:
    def __init__(self, *words):
        self.process = subprocess.Popen([sys.argv[1], "serve", *words], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.facts = {}
        while True:
            line = self.process.stdout.readline().decode().split()
            if line == ["ready"]:
                break
            assert line, self.process.stderr.read()
            self.facts.setdefault(line[0], []).append(line[1:])
        self.n = int(self.facts["size"][0][0])
        self.metrics = self.facts["metrics"][0]

    def ask(self, word, count, *points):
        numbers = numpy.concatenate(points).astype("<f8").tobytes() if points else b""
        self.process.stdin.write(word.encode() + b"\n" + numbers)
        self.process.stdin.flush()
        answer = self.process.stdout.readline().decode()
        if answer != "ok\n":
            return answer
        return numpy.frombuffer(self.process.stdout.read(8 * count), "<f8")

    def end(self):
        rest, words = self.process.communicate()
        assert rest == b"", rest
        return self.process.returncode, words.decode()

m = Model("whole.so:7")
assert m.facts["thalweg"] == [["1"]] and m.facts["format"] == [["binary"]], m.facts
assert m.metrics == ["loss", "fit", "largest"] and m.n == 7
assert m.facts["block"] == [["matrix", "1x6", "weight"], ["shift", "1", "bias"]]
x = m.ask("start", 7)
assert list(x) == [0.5 + i / 8 for i in range(7)], x
assert not m.ask("lower", 7).any() and (m.ask("upper", 7) == 1e9).all()
value = m.ask("value", 3, x)
assert value[0] == json.load(open("g.json"))["loss"] and value[2] == 1.25
assert numpy.array_equal(m.ask("gradient", 7, x), numpy.load("g.npy"))
both = m.ask("batch 2", 6, x, 2 * x)
assert numpy.array_equal(both[:3], value) and numpy.array_equal(both[3:], m.ask("value", 3, 2 * x))
assert numpy.isnan(m.ask("value", 3, x * numpy.nan)[0])
m.process.stdin.write(b"quit\n")
assert m.end() == (0, "")

m = Model("rosenbrock:3") # no file, and its end is that of its input
assert abs(m.ask("value", 1, [-1.2, 1, 1])[0] - 24.2) < 1e-13 and m.end() == (0, "")
m = Model("mgh:5")
assert "gradient" not in m.facts and "bounds" not in m.facts
assert "has no gradient" in m.ask("gradient", m.n, [1, 1]) # told, and it goes on
assert m.ask("value", 1, m.ask("start", 2)).shape == (1,) and m.end() == (0, "")
m = Model("broken_fails.so")
assert m.ask("value", 3, [1, 2, 3]) == "error 'broken_fails.so': value failed: no licence\n"
assert m.end() == (0, "")
m = Model("softmax", "--data", "synthetic:50", "--seed", "3")
assert m.metrics[0] == "loss" and "accuracy" in m.metrics and "start" not in m.facts
assert m.end()[0] == 0
m = Model("broken_prints.so") # what a plug-in prints is no answer, what it reads is nothing
assert m.ask("value", 1, [3, 4])[0] == 25
assert m.end() == (0, "a plug-in that prints: -1\n")
PYTHON
}
echo nonsense >word
printf 'value\nabc' >cut
echo batch 0 >none
echo batch 9223372036854775807 >many
head -c 100 /dev/zero | tr '\0' v >long
table <<'END'
3 | unknown request 'nonsense' | $THALWEG serve rosenbrock <word >/dev/null
3 | ends in the middle of a request | $THALWEG serve rosenbrock <cut >/dev/null
3 | 'batch 0': that is more points than one answer can hold | $THALWEG serve rosenbrock <none >/dev/null
3 | not enough memory | $THALWEG serve rosenbrock <many >/dev/null
3 | longer than 62 characters | $THALWEG serve rosenbrock <long >/dev/null
3 | cannot open './none.so' | $THALWEG serve ./none.so
END

# in a process of its own: the same numbers, and a crash is told
if "$THALWEG" help eval | grep -q -e '--exec'; then
    quoted="'$THALWEG' serve"
    expect 0 gradient --exec "$quoted whole.so:7" --method analytic -o e.npy --json
    cmp -s e.npy g.npy || fail "--exec: another gradient"
    run eval --exec "$quoted broken_crashes.so"
    [ "$code" = 3 ] || fail "a crash: exit code $code: $(cat "$scratch/err")"
    grep -qi 'signal\|abort' "$scratch/err" || fail "a crash: $(cat "$scratch/err")"
fi
finish
