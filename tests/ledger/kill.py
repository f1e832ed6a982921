#!/usr/bin/python3
"""Usage: kill.py --stowaway PROGRAM [--count N] [--seed N]

Tracks a list of Debian source packages (from an archive made here) and directories; kills it with SIGKILL at a random moment, N
times, each time in a new place; checks the ledger; runs the same command again; and compares what the ledger then holds, all of
it, with what an undisturbed run made. Exit status 77: Debian's tools for making an archive are missing.
"""
import argparse, itertools, json, os, pathlib, random, shutil, signal, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).parent
SETUP = r'''
. "%s/cli/setup.sh"
make_kb
mkdir archive
for name in one two three four; do
  tree="$name-1.0"
  code "$tree/src/$name.c" "$name" 30
  embed "1.$((${#name} %% 3))" "$tree/vendor/demo"
  tar -czf "archive/${name}_1.0.orig.tar.gz" "$tree"
  mkdir -p "$tree/debian/source" && echo '3.0 (quilt)' > "$tree/debian/source/format"
  printf 'Source: %%s\nMaintainer: A <a@b>\n\nPackage: %%s\nArchitecture: all\nDescription: x\n' "$name" "$name" > "$tree/debian/control"
  printf '%%s (1.0-1) unstable; urgency=low\n\n  * x\n\n -- A <a@b>  Sat, 02 Jan 2010 00:00:00 +0000\n' "$name" > "$tree/debian/changelog"
  (cd archive && dpkg-source -b "../$tree" > ../log 2>&1)
  echo "debian:$name"
done > list
(cd archive && dpkg-scansources . > Sources 2> ../log)
echo "debian:missing" >> list
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
  embed "1.$((i %% 3))" "dirs/$i/lib/demo"
  code "dirs/$i/main.c" "main$i" 400
  echo "dir$i 1.$i $PWD/dirs/$i"
done >> list
'''


class World:
    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)
        self.environment = dict(os.environ, SOURCE_DATE_EPOCH='1800000000', HOME=str(self.folder / 'home'),
                                PATH=os.path.dirname(program) + ':' + os.environ['PATH'])
        for name in ('STOWAWAY_KB', 'STOWAWAY_LEDGER', 'XDG_DATA_HOME', 'XDG_CACHE_HOME'):
            self.environment.pop(name, None)
        subprocess.run(['sh', '-eu', '-c', SETUP % HERE.parent], cwd=folder, check=True, env=self.environment)

    def command(self, place):
        return [self.program, '--quiet', '--kb', str(self.folder / 'demo.kb'), 'track', '--from', str(self.folder / 'list'),
                '--ledger', str(place / 'ledger.db'), '--cache', str(place / 'cache'),
                '--apt-source', f'deb-src [trusted=yes] file:{self.folder}/archive ./']

    def place(self, name):
        place = self.folder / name
        place.mkdir()
        return place

    def run(self, place):
        done = subprocess.run(self.command(place), env=self.environment, capture_output=True, text=True)
        assert done.returncode == 3, (done.returncode, done.stderr)  # one package is missing

    def killed(self, place, seconds):
        """True if the process was still at it."""
        process = subprocess.Popen(self.command(place), env=self.environment, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        was_running = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        return was_running

    def track(self, place, *arguments):
        return subprocess.run([self.program, 'track', *arguments, '--ledger', str(place / 'ledger.db')], env=self.environment,
                              capture_output=True, text=True)

    def check(self, place):
        if (place / 'ledger.db').exists() and (place / 'ledger.db').stat().st_size > 0:
            done = self.track(place, 'check')
            # Killed before the first table was there: an empty ledger, which the next run fills.
            assert done.returncode == 0 or 'earlier version' in done.stderr, done.stderr

    def contents(self, place):
        """Everything but how long it took."""
        lines = []
        for line in self.track(place, 'export').stdout.splitlines():
            one = json.loads(line)
            for volatile in ('fetch_ms', 'scan_ms'):
                one.get('snapshot', {}).pop(volatile, None)
            lines.append(one)
        return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--stowaway', required=True)
    parser.add_argument('--count', type=int, default=50)
    parser.add_argument('--seed', type=int, default=1)
    arguments = parser.parse_args()
    for tool in ('apt-get', 'dpkg-source', 'dpkg-scansources'):
        if shutil.which(tool) is None:
            print('skipped:', tool, 'is missing')
            return 77
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix='stowaway-kill-') as folder:
        os.chmod(folder, 0o755)  # apt gives up root's rights
        world = World(os.path.abspath(arguments.stowaway), folder)
        undisturbed = world.place('undisturbed')
        start = time.monotonic()
        world.run(undisturbed)
        whole = time.monotonic() - start
        expected = world.contents(undisturbed)
        assert len(expected) == 17, len(expected)
        in_time = 0
        for number in range(arguments.count):
            place = world.place(f'killed-{number}')
            in_time += world.killed(place, chance.uniform(0.0, whole))
            world.check(place)
            world.run(place)
            world.check(place)
            found = world.contents(place)
            other = [(a, b) for a, b in itertools.zip_longest(expected, found) if a != b]
            assert not other, f'run {number} ends with another ledger: {other[0]}; failures: {world.track(place, "failures").stdout}'
            shutil.rmtree(place)
        print(f'{arguments.count} kills within {whole:.1f} s, {in_time} of them before the end: each ledger is sound, and the '
              f'same as an undisturbed one')
    return 0


if __name__ == '__main__':
    sys.exit(main())
