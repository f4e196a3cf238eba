"""The real key store: gnome-keyring in a D-Bus session of its own, saved to, locked and asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NEEDED = ("gnome-keyring-daemon", "dbus-run-session")
ABSENT = [name for name in NEEDED if shutil.which(name) is None]

# The daemon outlives the session bus if nobody ends it.
SESSION = """
gnome-keyring-daemon --foreground --unlock --components=secrets < "$HOME/passphrase" > /dev/null 2>&1 &
daemon=$!
trap 'kill $daemon' EXIT
"$1" -c "$2"
"""

USE = """
import time
import secretstorage
from kdgui.domain.errors import SecretsUnavailable
from kdgui.store.secrets import Secrets

bus = secretstorage.dbus_init()
for _ in range(200):  # until the daemon has its name on the bus
    if secretstorage.check_service_availability(bus):
        break
    time.sleep(0.05)

secrets = Secrets()
assert secrets.usable()
account = "http://127.0.0.1:8099/k3cloud/|20260101a0b1c2|王芳|password"
assert secrets.load(account) is None
secrets.save(account, "geheim-密码'\\"\\\\")
assert secrets.load(account) == "geheim-密码'\\"\\\\"
secrets.save(account, "another")
assert secrets.load(account) == "another"
assert secrets.load(account + "x") is None
secrets.forget(account)
assert secrets.load(account) is None
secrets.forget(account)

secrets.save(account, "kept")
secretstorage.get_default_collection(bus).lock()
load, save, forget = (lambda: secrets.load(account)), (lambda: secrets.save(account, "x")), secrets.forget
for call in (load, save, lambda: forget(account)):
    try:
        call()
    except SecretsUnavailable as trouble:
        print(trouble.code)
assert secrets.usable()
"""


@pytest.mark.desktop
@pytest.mark.skipif(sys.platform != "linux", reason="gnome-keyring is the key store of Linux desktops")
@pytest.mark.skipif(bool(ABSENT), reason=f"not installed: {', '.join(ABSENT)} (packages gnome-keyring, dbus)")
def test_the_real_key_store(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    (tmp_path / "passphrase").write_text("passphrase")
    environ = {
        **{name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")},
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "XDG_DATA_HOME": str(tmp_path / "share"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
        "PYTHONIOENCODING": "utf-8",
    }
    ended = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", SESSION, "session", sys.executable, USE],
        cwd=Path(__file__).resolve().parents[2],
        env=environ,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["secrets_locked"] * 3
