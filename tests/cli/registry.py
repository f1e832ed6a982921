"""A tiny npm registry on the loopback interface, for the transcripts: registry.py FOLDER PORT_FILE.

FOLDER holds NAME-VERSION.tgz; NAME-VERSION.date beside it is when it was published, NAME-VERSION.lie makes the registry
promise other checksums, NAME-VERSION.slow makes it hang before it hands the tarball over."""
import base64
import hashlib
import http.server
import json
import os
import sys
import time
import urllib.parse

FOLDER = sys.argv[1]


def sums(tarball, lie):
    with open(tarball, "rb") as file:
        data = file.read() + (b"lie" if lie else b"")
    return {"shasum": hashlib.sha1(data).hexdigest(),
            "integrity": "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()}


def packument(name, base):
    versions, dates = {}, {}
    stem = name.replace("@", "").replace("/", "-") + "-"
    for file in sorted(os.listdir(FOLDER)):
        if not (file.startswith(stem) and file.endswith(".tgz")):
            continue
        version, path = file[len(stem):-4], os.path.join(FOLDER, file)
        dist = sums(path, os.path.exists(path[:-4] + ".lie"))
        dist["tarball"] = f"{base}/-/{file}"
        versions[version] = {"name": name, "version": version, "dist": dist}
        if os.path.exists(path[:-4] + ".date"):
            with open(path[:-4] + ".date", encoding="ascii") as date:
                dates[version] = date.read().strip() + "T12:00:00.000Z"
    return {"name": name, "dist-tags": {"latest": list(versions)[-1]}, "versions": versions, "time": dates} if versions else None


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = urllib.parse.unquote(self.path).lstrip("/")
        if path.startswith("-/"):
            file = os.path.join(FOLDER, os.path.basename(path))
            if os.path.exists(file[:-4] + ".slow"):
                time.sleep(60)
            with open(file, "rb") as stream:
                return self.answer(stream.read(), "application/octet-stream")
        found = packument(path, f"http://127.0.0.1:{self.server.server_port}")
        if found is None:
            return self.answer(b"{}", "application/json", 404)
        return self.answer(json.dumps(found).encode(), "application/json")

    def answer(self, body, kind, status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
with open(sys.argv[2] + ".new", "w", encoding="ascii") as out:
    out.write(str(server.server_port))
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
