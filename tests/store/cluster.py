"""A cluster of ClickHouse servers on the loopback interface, each with a directory of its own that goes away.

Nothing of the machine's own server is used or touched: own configuration, own ports, own data, ended by process id."""
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

SERVERS = ('/usr/sbin/clickhouse-server', '/usr/bin/clickhouse-server')
START_SECONDS = 120

CONFIG = """<yandex>
<logger><level>warning</level><log>{path}/log</log><errorlog>{path}/errors</errorlog></logger>
<listen_host>127.0.0.1</listen_host>
<http_port>{http}</http_port><tcp_port>{tcp}</tcp_port>
<path>{path}/data/</path><tmp_path>{path}/tmp/</tmp_path>
<users_config>{path}/users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>67108864</mark_cache_size><uncompressed_cache_size>0</uncompressed_cache_size>
<max_concurrent_queries>100</max_concurrent_queries>
<timezone>UTC</timezone>
</yandex>
"""
USERS = """<yandex>
<profiles><default><max_memory_usage>4000000000</max_memory_usage><min_compress_block_size>4096</min_compress_block_size></default></profiles>
<users><default><password>{password}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
</default></users>
<quotas><default><interval><duration>3600</duration><queries>0</queries><errors>0</errors><result_rows>0</result_rows>
<read_rows>0</read_rows><execution_time>0</execution_time></interval></default></quotas>
</yandex>
"""


def server():
    """The program, or None where Debian's package is not installed."""
    return next((name for name in SERVERS if pathlib.Path(name).exists()), None)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(('127.0.0.1', 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Node:
    def __init__(self, path, http, tcp, password='', more=()):
        self.path, self.http, self.password = path, http, password
        for folder in (path, path / 'data', path / 'tmp'):
            folder.mkdir(exist_ok=True)
        (path / 'config.xml').write_text(CONFIG.format(path=path, http=http, tcp=tcp))
        (path / 'users.xml').write_text(USERS.format(password=password))
        for kind, text in dict(more).items():
            (path / f'{kind}.d').mkdir(exist_ok=True)
            (path / f'{kind}.d' / 'more.xml').write_text(text)
        self.process = None

    @property
    def host(self):
        return f'127.0.0.1:{self.http}'

    def start(self):
        with open(self.path / 'output', 'ab') as output:
            self.process = subprocess.Popen([server(), f'--config-file={self.path}/config.xml'], stdout=output, stderr=output,
                                            stdin=subprocess.DEVNULL, cwd=self.path)

    def wait(self):
        for _ in range(START_SECONDS * 10):
            try:
                with urllib.request.urlopen(f'http://{self.host}/ping', timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f'no server at {self.host}: {(self.path / "output").read_text(errors="replace")[-2000:]}')

    def query(self, text):
        request = urllib.request.Request(f'http://{self.host}/', data=text.encode(), headers={'X-ClickHouse-Key': self.password})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()) from error

    def kill(self):
        """As a power cut would: SIGKILL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def forget(self):
        """Loses everything; only while it does not run."""
        for folder in ('data', 'tmp'):
            shutil.rmtree(self.path / folder)
            (self.path / folder).mkdir()


class Cluster:
    """`more`: texts of configuration files by kind, "config" or "users", as an operator adds them."""

    def __init__(self, nodes=3, password='', more=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='stowaway-cluster-'))
        ports = free_ports(2 * nodes)
        self.nodes = [Node(self.folder / str(i), ports[2 * i], ports[2 * i + 1], password, more) for i in range(nodes)]
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            node.wait()

    def url(self, database='stowaway'):
        return 'clickhouse://' + ','.join(node.host for node in self.nodes) + '/' + database

    def end(self):
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
