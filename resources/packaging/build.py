"""Builds the folder with the program and all it needs: python resources/packaging/build.py [--into DIR]

Needs PyInstaller beside kdgui's own dependencies (pip install . pyinstaller packaging). Makes the icons from
the SVG, collects the licence texts, runs PyInstaller, and asks the built program whether it is whole
(`self-check`, and with --autoplay a run in its window). Ends with 0 only if all of that worked.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOUSE))
SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
NOTICE = """kdgui carries the programs below, each under its own licence; the texts lie beside this file.

Qt and PySide6 (Qt for Python) are used under the GNU Lesser General Public License, version 3. They are the
unchanged libraries of the named versions, loaded as separate files from the folder _internal/PySide6: you may
replace them by your own builds of the same versions. Their source is offered by The Qt Company at
download.qt.io and code.qt.io.
"""
QT_LICENCES = ("LGPL-3.0-only.txt", "GPL-3.0-only.txt")


def main() -> int:
    """Build; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=HOUSE / "dist", metavar="DIR", help="default: dist")
    parser.add_argument("--autoplay", action="store_true", help="play a run in the built window as well")
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        make_icons(folder)
        collect_licences(folder / "licences")
        (folder / "version.txt").write_text(version_info(), encoding="utf-8")
        pyinstaller(folder, arguments.into)
        shutil.copyfile(folder / "kdgui.ico", arguments.into / "kdgui.ico")  # for the installer
    built = arguments.into / "kdgui"
    size = sum(path.stat().st_size for path in built.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"built {built}: {size / 1e6:.0f} MB in {time.monotonic() - started:.0f} s")
    return check(built, autoplay=arguments.autoplay)


def make_icons(folder: Path) -> None:
    """kdgui.ico and kdgui.icns, drawn by Qt from the SVG; each size is a picture of its own in the .ico."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication, QIcon

    application = QGuiApplication.instance() or QGuiApplication([])
    icon = QIcon(str(HOUSE / "resources" / "icons" / "kdgui.svg"))
    pictures = []
    for size in SIZES:
        path = folder / f"kdgui-{size}.png"
        if not icon.pixmap(size, size).save(str(path)):
            raise SystemExit(f"the icon could not be drawn at {size}")
        pictures.append((size, path.read_bytes()))
    (folder / "kdgui.ico").write_bytes(ico(pictures))
    (folder / "kdgui.icns").write_bytes(icns(dict(pictures)))
    del application


def ico(pictures: list[tuple[int, bytes]]) -> bytes:
    """An .ico of PNG pictures (Windows Vista and later): header, directory, pictures."""
    head = b"\0\0\1\0" + len(pictures).to_bytes(2, "little")
    offset = len(head) + 16 * len(pictures)
    directory, data = b"", b""
    for size, png in pictures:
        side = (size % 256).to_bytes(1, "little")
        directory += side + side + b"\0\0\1\0\x20\0" + len(png).to_bytes(4, "little")
        directory += (offset + len(data)).to_bytes(4, "little")
        data += png
    return head + directory + data


def icns(pictures: dict[int, bytes]) -> bytes:
    """An .icns of PNG pictures, by Apple's names for the sizes."""
    names = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08"}
    parts = b"".join(
        name + (len(pictures[size]) + 8).to_bytes(4, "big") + pictures[size] for size, name in names.items()
    )
    return b"icns" + (len(parts) + 8).to_bytes(4, "big") + parts


def collect_licences(folder: Path) -> None:
    """The notice, and the licence texts of every package that kdgui needs, and of Python."""
    folder.mkdir()
    lines = [NOTICE]
    for name in sorted(needed("kdgui")):
        found = importlib.metadata.distribution(name)
        told = found.metadata.get("License-Expression") or found.metadata.get("License") or "see its texts"
        lines.append(f"{found.name} {found.version}: {told.splitlines()[0]}")
        for file in found.files or ():
            if "licen" in str(file).casefold() or "copying" in str(file).casefold():
                source = Path(str(found.locate_file(file)))
                if source.is_file():
                    shutil.copyfile(source, folder / f"{found.name}-{source.name}")
    for name in QT_LICENCES:
        shutil.copyfile(HOUSE / "resources" / "packaging" / "licences" / name, folder / name)
    python = python_licence()
    if python is not None:
        shutil.copyfile(python, folder / "Python-LICENSE.txt")
    lines.append(f"Python {sys.version.split()[0]}: PSF License Agreement")
    (folder / "NOTICE.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def python_licence() -> Path | None:
    """Where this Python keeps its licence; systems lay it down in different places."""
    library = Path(os.__file__).parent
    places = (
        library / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        Path("/usr/share/doc/python3/copyright"),
    )
    return next((place for place in places if place.is_file()), None)


def needed(name: str) -> Iterator[str]:
    """The packages that this one needs here, and theirs; each once, itself left out."""
    from packaging.requirements import Requirement

    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for line in importlib.metadata.requires(waiting.pop()) or ():
            requirement = Requirement(line)
            wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            plain = re.sub(r"[-_.]+", "-", requirement.name).casefold()
            if wanted and plain not in seen:
                seen.add(plain)
                waiting.append(requirement.name)
                yield requirement.name


def version_info() -> str:
    """What Windows shows in the properties of the .exe."""
    import kdgui

    parts = tuple(int(part) for part in kdgui.__version__.split(".")[:3])
    strings = {
        "FileDescription": "kdgui 下推助手",
        "FileVersion": kdgui.__version__,
        "ProductName": "kdgui",
        "ProductVersion": kdgui.__version__,
        "OriginalFilename": "kdgui.exe",
    }
    table = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in strings.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={(*parts, 0)}, prodvers={(*parts, 0)}, mask=0x3f,"
        " flags=0x0,"
        " OS=0x40004, fileType=0x1, subtype=0x0, date=(0, 0)), kids=[StringFileInfo([StringTable('080404B0',"
        f" [{table}])]), VarFileInfo([VarStruct('Translation', [0x804, 1200])])])\n"
    )


def pyinstaller(made: Path, into: Path) -> None:
    """Run it; its own folder of work is thrown away. Raises CalledProcessError."""
    spec = HOUSE / "resources" / "packaging" / "kdgui.spec"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(into), "--workpath", str(made / "work"), str(spec)]
    subprocess.run(command, check=True, cwd=made, env={**os.environ, "KDGUI_BUILD_FILES": str(made)})


def check(built: Path, *, autoplay: bool) -> int:
    """Whether the built program finds itself whole, without the Python that built it."""
    program = built / ("kdgui.exe" if os.name == "nt" else "kdgui")
    kept = ("PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "DISPLAY", "USERPROFILE", "LOCALAPPDATA", "LANG")
    environ = {name: os.environ[name] for name in kept if name in os.environ}
    with tempfile.TemporaryDirectory() as home:
        environ["KDGUI_HOME"] = home
        commands = [["self-check"]] + (
            [["--demo", "--autoplay", str(Path(home) / "pictures")]] if autoplay else []
        )
        for arguments in commands:
            code = subprocess.run([str(program), *arguments], check=False, env=environ).returncode
            if code:
                print(f"{program} {' '.join(arguments)}: exit code {code}", file=sys.stderr)
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
