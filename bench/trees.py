"""Trees to scan, of as many files as wanted. A library of the benchmarks."""
import os, shutil


def copy_of(tree, target, number, left):
    """One copy, of at most `left` files; returns how many it has."""
    made = 0
    for folder, _, files in sorted(os.walk(tree)):
        out = os.path.join(target, os.path.relpath(folder, tree))
        for name in sorted(files):
            source = os.path.join(folder, name)
            if made == left or os.path.islink(source):
                continue
            os.makedirs(out, exist_ok=True)
            shutil.copyfile(source, os.path.join(out, name))
            if name.endswith(('.c', '.h', '.cxx')):
                with open(os.path.join(out, name), 'a') as f:
                    f.write(f'\nint copy_number_{number};\n')
            made += 1
    return made


def make(tree, target, wanted):
    """Copies of `tree`, in each of which every C file has a line of its own; kept for the next time."""
    if os.path.exists(target + '.done'):
        return
    shutil.rmtree(target, ignore_errors=True)
    total, number = 0, 0
    while total < wanted:
        number += 1
        total += copy_of(tree, os.path.join(target, f'copy{number}'), number, wanted - total)
    open(target + '.done', 'w').close()
