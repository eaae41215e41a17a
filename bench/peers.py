"""The packaged peers that benchmarks compare with: Prometheus, blackbox_exporter, Alertmanager.

Each is started from its Debian package with files of its own in a temporary folder, listens on
loopback, and is stopped with the benchmark.
"""
import contextlib
import ctypes
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def _die_with_parent():
    ctypes.CDLL("libc.so.6").prctl(1, signal.SIGKILL)


def start(command, log, **more):
    return subprocess.Popen(command, stdout=open(log, "wb"), stderr=subprocess.STDOUT,
                            preexec_fn=_die_with_parent, **more)


def wait_until_ready(url, seconds=30, step=0.001):
    """Polls until the URL answers 200; the seconds it took."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return time.monotonic() - begin
        except OSError:
            pass
        time.sleep(step)
    raise RuntimeError(f"{url} was not ready in {seconds} s")


def stop(*processes):
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def resident_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


class Chain:
    """Prometheus + blackbox_exporter + Alertmanager over the given HTTP targets."""

    def __init__(self, folder, targets, interval="1s", webhook=None, body_regexp=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.prometheus_port, self.blackbox_port, self.alertmanager_port = (
            free_port(), free_port(), free_port())
        http = {"valid_status_codes": [200]}
        body = f'      fail_if_body_not_matches_regexp: ["{body_regexp}"]\n' if body_regexp else ""
        (self.folder / "blackbox.yml").write_text(
            "modules:\n  web:\n    prober: http\n    timeout: 900ms\n    http:\n"
            f"      valid_status_codes: {http['valid_status_codes']}\n"
            "      preferred_ip_protocol: ip4\n"
            "      tls_config: {insecure_skip_verify: true}\n" + body)
        (self.folder / "rules.yml").write_text(
            "groups:\n- name: watch\n  rules:\n  - alert: Down\n    expr: probe_success == 0\n"
            "    for: 0s\n")
        (self.folder / "targets.yml").write_text(
            "- targets:\n" + "".join(f'  - "{target}"\n' for target in targets))
        (self.folder / "prometheus.yml").write_text(f"""
global: {{scrape_interval: {interval}, scrape_timeout: {interval}, evaluation_interval: {interval}}}
rule_files: [rules.yml]
alerting:
  alertmanagers:
  - static_configs: [{{targets: ["127.0.0.1:{self.alertmanager_port}"]}}]
scrape_configs:
- job_name: web
  metrics_path: /probe
  params: {{module: [web]}}
  file_sd_configs: [{{files: [targets.yml]}}]
  relabel_configs:
  - {{source_labels: [__address__], target_label: __param_target}}
  - {{source_labels: [__param_target], target_label: instance}}
  - {{target_label: __address__, replacement: "127.0.0.1:{self.blackbox_port}"}}
""")
        receiver = f'webhook_configs: [{{url: "{webhook}", send_resolved: true}}]' if webhook else ""
        (self.folder / "alertmanager.yml").write_text(
            "route: {receiver: sink, group_wait: 0s, group_interval: 1s, repeat_interval: 4h, "
            "group_by: [instance]}\n"
            "receivers:\n- {name: sink" + (", " + receiver if receiver else "") + "}\n")

    def start(self):
        """Starts all three; the seconds until each was ready."""
        run = self.folder
        begin = {}
        self.blackbox = start(["prometheus-blackbox-exporter", f"--config.file={run}/blackbox.yml",
                               f"--web.listen-address=127.0.0.1:{self.blackbox_port}"],
                              run / "blackbox.log")
        begin["blackbox_exporter"] = wait_until_ready(
            f"http://127.0.0.1:{self.blackbox_port}/-/healthy")
        self.alertmanager = start(
            ["prometheus-alertmanager", f"--config.file={run}/alertmanager.yml",
             f"--storage.path={run}/alertmanager", "--cluster.listen-address=",
             f"--web.listen-address=127.0.0.1:{self.alertmanager_port}"], run / "alertmanager.log")
        begin["alertmanager"] = wait_until_ready(
            f"http://127.0.0.1:{self.alertmanager_port}/-/ready")
        self.prometheus = start(
            ["prometheus", f"--config.file={run}/prometheus.yml",
             f"--storage.tsdb.path={run}/prometheus",
             f"--web.listen-address=127.0.0.1:{self.prometheus_port}"], run / "prometheus.log")
        begin["prometheus"] = wait_until_ready(f"http://127.0.0.1:{self.prometheus_port}/-/ready")
        return begin

    def processes(self):
        return [self.blackbox, self.alertmanager, self.prometheus]

    def stop(self):
        stop(*self.processes())
