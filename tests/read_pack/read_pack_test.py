"""Mines a tiny repository with the program and reads the pack with tools/read-pack: read_pack_test.py STOWAWAY READ_PACK.

Exit status 77: skipped, with the reason."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

# docs/pack-format.md shows this file's fingerprints as its worked example.
SCALE_C = b"""/* scale.c: the example of docs/pack-format.md */
#include <stdint.h>

// Scales a sample, with saturation.
int16_t scale(int16_t sample, int32_t gain_q15) {
\tint32_t product = (int32_t)sample * gain_q15; /* Q15 */
\tproduct >>= 15;
\tif (product > INT16_MAX) return INT16_MAX;
\tif (product < INT16_MIN) return INT16_MIN;
\treturn (int16_t)product;
}
"""
NORMALISED = (b"#include<stdint.h>int16_tscale(int16_tsample,int32_tgain_q15){int32_tproduct=(int32_t)sample*gain_q15;"
              b"product>>=15;if(product>INT16_MAX)returnINT16_MAX;if(product<INT16_MIN)returnINT16_MIN;"
              b"return(int16_t)product;}")


def sampled_runs(normalised, exponent):
    """The selector of docs/pack-format.md, "Sampled shingles", in its plain form."""
    runs = set()
    for end in range(32, len(normalised) + 1):
        run = normalised[end - 32:end]
        selector = sum(byte << (31 - i) for i, byte in enumerate(run)) * 0x9E3779B1 % 2**32
        if selector < 2**(32 - exponent):
            runs.add(run)
    return runs


def make_repository(folder):
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
                   "GIT_AUTHOR_DATE": "2020-01-02T03:04:05Z", "GIT_COMMITTER_DATE": "2020-01-02T03:04:05Z"}

    def git(*arguments):
        subprocess.run(["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
                       check=True, env=environment, stdout=subprocess.DEVNULL)

    def release(version, files):
        for name, content in files.items():
            os.makedirs(os.path.dirname(f"{folder}/{name}") or folder, exist_ok=True)
            with open(f"{folder}/{name}", "wb") as file:
                file.write(content)
        git("add", "-A")
        git("commit", "-q", "-m", version)
        git("tag", "v" + version)

    os.makedirs(folder)
    git("init", "-q")
    release("1.0", {"src/scale.c": SCALE_C, "src/empty.c": b"", "README": b"not code\n"})
    release("1.1", {"src/scale.h": b"int scale(int, int);\n"})
    release("1.10", {"src/scale.c": SCALE_C.replace(b"15", b"14")})
    git("tag", "v1.10-again", "v1.1")  # a second tag of 1.10, with the file as it was


def check(stowaway, read_pack, folder):
    make_repository(f"{folder}/scale")
    with open(f"{folder}/scale.catalog", "w", encoding="ascii") as file:
        file.write(f"Component: scale\nPurl: pkg:generic/scale\nLicence: MIT\n\n"
                   f"Git: {folder}/scale\nTags: ^v([0-9.]+)(?:-again)?$\nVersion: id\n")
    pack = f"{folder}/scale.pack"
    subprocess.run([stowaway, "-q", "kb", "mine", "--catalog", f"{folder}/scale.catalog", "-o", folder], check=True)
    subprocess.run([stowaway, "kb", "verify", pack], check=True)
    read = json.loads(subprocess.run([read_pack, "--json", pack], check=True, stdout=subprocess.PIPE).stdout)

    assert read["meta"]["component"] == "scale", read["meta"]
    assert [(r["version"], r["date"], r["code_files"]) for r in read["releases"]] == [
        ("1.0", "2020-01-02", 1), ("1.1", "2020-01-02", 2), ("1.10", "2020-01-02", 2)], read["releases"]
    assert [len(r["others"]) for r in read["releases"]] == [0, 0, 1], read["releases"]
    assert [path["path"] for path in read["paths"]] == ["src/scale.c", "src/scale.h"], read["paths"]
    scale = read["paths"][0]
    assert [version["releases"] for version in scale["versions"]] == [[[0, 2]], [[2, 2]]], scale
    first = read["contents"][scale["versions"][0]["content"]]
    assert first["size"] == len(SCALE_C)
    assert first["md5"] == hashlib.md5(SCALE_C).hexdigest()[:16]
    assert first["sha256"] == hashlib.sha256(SCALE_C).hexdigest()[:32]
    of_first = [s["key"] for s in scale["shingles"] if s["versions"][0][0] == 0]
    assert len(of_first) == len(sampled_runs(NORMALISED, scale["density_exponent"])), (of_first, scale)

    with open(pack, "rb") as file:
        damaged = bytearray(file.read())
    damaged[len(damaged) // 2] ^= 1
    with open(pack, "wb") as file:
        file.write(damaged)
    for command in ([stowaway, "kb", "verify", pack], [read_pack, pack]):
        assert subprocess.run(command, stderr=subprocess.DEVNULL).returncode != 0, command


def main():
    for tool in ("git", "zstd"):
        if shutil.which(tool) is None:
            print(f"skipped: the command {tool} is not installed")
            return 77
    with tempfile.TemporaryDirectory() as folder:
        check(*sys.argv[1:3], folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
