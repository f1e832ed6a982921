"""Whole processes, timed in turn. A library of the benchmarks; nothing here is a test."""
import json, os, statistics, subprocess, time

RESULTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'results')


def run(command):
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    return {'wall': time.perf_counter() - start, 'cpu': usage.ru_utime + usage.ru_stime, 'peak_kb': usage.ru_maxrss}


def in_turn(commands, runs):
    """commands: name -> argument vector. One warm-up of each, then A B C A B C …; name -> its runs."""
    raw = {name: [] for name in commands}
    for i in range(runs + 1):
        for name, command in commands.items():
            one = run(command)
            if i > 0:
                raw[name].append(one)
    return raw


def median(runs, field='wall'):
    return statistics.median(r[field] for r in runs)


def ratios(runs, base):
    """Run by run, so that what disturbs both falls out: smallest, median, largest."""
    all_ratios = sorted(a['wall'] / b['wall'] for a, b in zip(runs, base))
    return all_ratios[0], statistics.median(all_ratios), all_ratios[-1]


def ratio_text(runs, base):
    return '{1:.2f} ({0:.2f} … {2:.2f})'.format(*ratios(runs, base))


def md5sum(tree, processes):
    return ['sh', '-c', f'find "$0" -type f -print0 | xargs -0 -P{processes} -n 500 md5sum', tree]


def save(name, data):
    os.makedirs(RESULTS, exist_ok=True)
    with open(os.path.join(RESULTS, name + '.json'), 'w') as f:
        json.dump(data, f, indent=1)
        f.write('\n')
