#!/bin/sh
# Sets kdgui up in this checkout and runs it. The first run fetches everything; later runs only look.
#
#   sh resources/setup.sh demo [ARGUMENT ...]   the window on the practice account (kdgui --demo)
#   sh resources/setup.sh test [ARGUMENT ...]   the tests (pytest)
#   sh resources/setup.sh test-lowest [ARGUMENT ...]   the tests on the lowest versions allowed, in .venv-lowest
#   sh resources/setup.sh test-newest [ARGUMENT ...]   the tests on the newest versions allowed, in .venv-newest
#   sh resources/setup.sh install [--desktop]   the set-up alone; with an entry in the menu of this user
#
# Works from any directory, may be run again or twice at a time.
#   KDGUI_PYTHON=PATH   the Python to use (3.11 to 3.14)
#   KDGUI_NO_APT=1      leaves the packages of the system alone
#   KDGUI_TEST_PROCESSES=N   how many processes run the tests (2)
set -eu

LIBRARIES="libegl1 libgl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon0 libxkbcommon-x11-0 libx11-xcb1
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render0 libxcb-render-util0
    libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libxcb-xinerama0 libxcb-xkb1"
FONTS="fonts-noto-cjk fontconfig"
TEST_PACKAGES="xvfb gnome-keyring dbus dbus-daemon postgresql mariadb-server"

house=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
venv=$house/.venv
python=
missing=
pip_options=

# A foreign PYTHONPATH would shadow what we install; a pip told to use the user's folder would miss the venv.
unset PYTHONHOME PYTHONPATH
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1

say() { # CHINESE ENGLISH
    printf 'kdgui: %s\n       %s\n' "$1" "$2" >&2
}

die() { # CHINESE ENGLISH
    say "$1" "$2"
    exit 1
}

# --- Python -----------------------------------------------------------------------------------------

# PySide6 below 6.12 has wheels up to Python 3.14. Our own venv is no base to make itself from.
suits() { # PYTHON
    "$1" -c 'import sys
sys.exit(not (3, 11) <= sys.version_info < (3, 15) or sys.prefix == sys.argv[1])' "$venv" 2>/dev/null || return 1
    python=$1
}

find_python() {
    if [ -n "${KDGUI_PYTHON:-}" ]; then
        suits "$KDGUI_PYTHON"
        return
    fi
    for candidate in python3 python3.13 python3.12 python3.11 python3.14 python; do
        suits "$candidate" && return 0
    done
    return 1
}

# A folder that is named in UTF-8 while the locale is GBK: PySide6 would not start from it, and pip would write its
# path into scripts in the wrong letters. Python is told to take names for what they are.
speak_as_the_folder() {
    if LC_ALL=C "$python" -X utf8 -c 'import os, sys
name = os.fsencode(sys.argv[1])
try:
    sys.exit(name.isascii() or not name.decode("utf-8"))
except UnicodeDecodeError:
    sys.exit(1)' "$house"; then
        export PYTHONUTF8=1
    fi
}

install_python() {
    has_apt || return 1
    as_root apt-get update || true
    for version in 3.13 3.12 3.11; do
        if [ -n "$(apt-cache show "python$version-venv" 2>/dev/null)" ]; then
            apt_install "python$version-venv" && return 0
        fi
    done
    return 1
}

# --- Packages of the system ---------------------------------------------------------------------------

has_apt() {
    [ -z "${KDGUI_NO_APT:-}" ] && command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1
}

as_root() { # COMMAND ...; a daemon that a package starts must not inherit our lock
    if [ "$(id -u)" = 0 ]; then
        "$@" 9<&-
    elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        sudo "$@" 9<&-
    else
        return 126
    fi
}

apt_install() { # PACKAGE ...
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
        install -y -q --no-install-recommends "$@"
}

installed() { # PACKAGE; newer systems add t64 to some names
    for name in "$1" "$1t64"; do
        case $(dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2>/dev/null) in
            ii*) return 0 ;;
        esac
    done
    return 1
}

need() { # PACKAGE ...
    for package in "$@"; do
        installed "$package" || missing="$missing $package"
    done
}

has_chinese_font() {
    command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh family 2>/dev/null)" ]
}

system_packages() { # demo|test
    has_apt || return 0
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        need "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    fi
    # Lists of package names: splitting them is meant.
    # shellcheck disable=SC2086
    need $LIBRARIES
    # shellcheck disable=SC2086
    has_chinese_font || need $FONTS
    # shellcheck disable=SC2086
    [ "$1" != test ] || need $TEST_PACKAGES
    [ -n "$missing" ] || return 0

    say "安装系统软件包：$missing" "installing packages of the system:$missing"
    as_root apt-get update -q || true # one broken source of many must not stop us; the install will tell
    # shellcheck disable=SC2086
    apt_install $missing && return 0
    say "缺少系统软件包，且此用户无法安装。请管理员执行：" "packages are missing and could not be installed. As root, run:"
    printf '       apt-get update && apt-get install -y --no-install-recommends%s\n' "$missing" >&2
    die "然后重试；若确认不需要它们，可加 KDGUI_NO_APT=1。" "then try again, or set KDGUI_NO_APT=1 to go on without them."
}

# --- The virtual environment --------------------------------------------------------------------------

# The lock is the kernel's, on a file that is always there, so a dead set-up leaves none behind.
lock() {
    exec 9<"$house/pyproject.toml"
    "$python" -c '
import fcntl, sys
try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("kdgui: another set-up is at work here; waiting for it", file=sys.stderr)
    fcntl.flock(9, fcntl.LOCK_EX)
except OSError:
    pass  # a file system without locks
'
}

unlock() {
    exec 9<&-
}

python_identity() { # which Python a venv is made from: another one makes another venv
    "$python" -c 'import sys; print(sys.version, sys.base_prefix)'
}

# What the venv was made from: our pyproject, this place, this Python. Users get a plain copy of the program
# (an editable one is found through a .pth file, which Python reads wrongly in some folders): then its files too.
fingerprint() { # demo|test
    {
        cat "$house/pyproject.toml" "$house/resources/packaging/lowest-versions.txt"
        printf '%s\n' "$house"
        python_identity
        [ "$1" = test ] || (cd "$house" && find kdgui resources -type f ! -name '*.pyc' -exec cksum {} + | sort)
    } | cksum
}

works() { # demo|test: the venv can run what we are about to run
    modules="kdgui, PySide6.QtWidgets, keyring, msgspec, pypinyin, python_calamine, requests, tomli_w, truststore, xlrd,
        xlsxwriter"
    modules=$(printf '%s' "$modules" | tr '\n' ' ')
    [ "$1" != test ] || modules="$modules, pytest, pytestqt, hypothesis, openpyxl, trustme, hatchling"
    (cd / && "$venv/bin/python" -c "import $modules")
}

ready() { # demo|test
    [ "$(cat "$venv/made-for-$1" 2>/dev/null)" = "$(fingerprint "$1")" ] && works "$1" 2>/dev/null
}

make_venv() {
    rm -rf "$venv"
    "$python" -m venv "$venv" || {
        rm -rf "$venv"
        die "无法创建虚拟环境（见上）。" "the virtual environment could not be made, see above."
    }
    python_identity >"$venv/made-from"
}

install() { # demo|test
    say "安装 Python 依赖到 $venv（首次需几分钟）" "installing into $venv; the first time takes minutes"
    # Options and nothing else: splitting them is meant.
    # shellcheck disable=SC2086
    case $1 in
        test) (cd "$house" && "$venv/bin/python" -m pip install -q $pip_options -e '.[test]') ;;
        *) (cd "$house" && "$venv/bin/python" -m pip install -q .) ;;
    esac ||
        die "依赖安装失败（见上）。可用 PIP_INDEX_URL 指定镜像。" \
            "pip failed, see above. PIP_INDEX_URL names a mirror where the usual index is not reached."
}

make_ready() { # demo|test
    if ready "$1"; then
        return
    fi
    rm -f "$venv/made-for-demo" "$venv/made-for-test"
    # A venv without pip is one whose making was cut off; one whose Python has gone cannot be mended.
    if [ "$(cat "$venv/made-from" 2>/dev/null)" != "$(python_identity)" ] ||
        ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        make_venv
    fi
    install "$1"
    if ! works "$1" 2>/dev/null; then # pip does not see that files are missing: begin anew
        make_venv
        install "$1"
        works "$1" || die "已安装，但无法启动（见上），可能缺少系统库。" \
            "installed, but it does not start, see above; a library of the system may be missing."
    fi
    fingerprint "$1" >"$venv/made-for-$1"
}

set_up() { # demo|test
    find_python || { install_python && find_python; } ||
        die "需要 Python 3.11 至 3.14，未找到。可用 KDGUI_PYTHON 指定。" \
            "no Python from 3.11 to 3.14 was found. Install one, or name it with KDGUI_PYTHON."
    speak_as_the_folder
    lock
    system_packages "$1"
    make_ready "$1"
    unlock
}

# --- Running it -----------------------------------------------------------------------------------------

can_show_windows() {
    case ${QT_QPA_PLATFORM:-} in
        offscreen* | minimal*) return 1 ;;
    esac
    [ "$(uname -s)" = Linux ] || return 0
    [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || return 1
    # A display may be named and not be there; then Qt aborts.
    "$venv/bin/python" -c 'from PySide6.QtGui import QGuiApplication; QGuiApplication([])'
}

run_demo() { # ARGUMENT ...
    if can_show_windows; then
        exec "$venv/bin/python" -m kdgui --demo "$@"
    fi
    export QT_QPA_PLATFORM=offscreen
    case " $* " in
        *" --autoplay"*) exec "$venv/bin/python" -m kdgui --demo "$@" ;;
    esac
    pictures=$(mktemp -d "${TMPDIR:-/tmp}/kdgui-demo.XXXXXX")
    say "没有显示器：演示将自动进行，并保存截图。" "no display here: the demo plays by itself and saves pictures."
    status=0
    "$venv/bin/python" -m kdgui --demo --autoplay "$pictures" "$@" || status=$?
    if rmdir "$pictures" 2>/dev/null; then
        say "演示中断，没有截图（见上）。" "the demo ended before any picture was made, see above."
    else
        say "截图在：$pictures" "the pictures are in $pictures"
        ls "$pictures" >&2
    fi
    exit "$status"
}

# An entry in the menu of this user, with the icon; everything lies where the desktop looks for it.
install_desktop() {
    share=${XDG_DATA_HOME:-$HOME/.local/share}
    mkdir -p "$share/applications" "$share/icons/hicolor/scalable/apps" "$share/metainfo"
    # Inside the quotes of Exec a quote, a backslash, a dollar and a backtick are escaped, and a percent sign is two.
    program=$(printf '%s' "$venv/bin/python" | sed -e 's/[\\"$`]/\\\\&/g' -e 's/%/%%/g' -e 's/[&|]/\\&/g')
    sed -e "s|^Exec=.*|Exec=${PYTHONUTF8:+env PYTHONUTF8=1 }\"$program\" -m kdgui|" "$house/resources/packaging/kdgui.desktop" \
        >"$share/applications/kdgui.desktop"
    cp "$house/resources/icons/kdgui.svg" "$share/icons/hicolor/scalable/apps/kdgui.svg"
    cp "$house/resources/packaging/io.github.kdgui.kdgui.metainfo.xml" "$share/metainfo/"
    if command -v update-desktop-database >/dev/null 2>&1; then
        update-desktop-database -q "$share/applications" || true
    fi
    say "已加入菜单：$share/applications" "the menu entry is in $share/applications"
}

run_tests() { # ARGUMENT ...; all of them, where none is given, by two processes
    cd "$house"
    [ $# -gt 0 ] || set -- -n "${KDGUI_TEST_PROCESSES:-2}" --dist loadfile
    exec "$venv/bin/python" -m pytest "$@"
}

task=${1:-}
[ $# -eq 0 ] || shift
case $task in
    demo)
        set_up demo
        run_demo "$@"
        ;;
    test)
        set_up test
        run_tests "$@"
        ;;
    test-lowest)
        venv=$house/.venv-lowest
        pip_options="-c resources/packaging/lowest-versions.txt"
        set_up test
        run_tests "$@"
        ;;
    test-newest)
        venv=$house/.venv-newest
        pip_options="--upgrade --upgrade-strategy eager"
        rm -f "$venv/made-for-test" # what was the newest is not
        set_up test
        run_tests "$@"
        ;;
    install)
        set_up demo
        case ${1:-} in
            '') ;;
            --desktop) install_desktop ;;
            *) die "不认识的参数：$1" "unknown argument: $1" ;;
        esac
        ;;
    *)
        printf 'usage: sh %s demo|test|test-lowest|test-newest|install [ARGUMENT ...]\n' "$0" >&2
        exit 2
        ;;
esac
