# Sets kdgui up in this checkout and runs it, on Windows. Run it again at any time.
#
#   powershell -ExecutionPolicy Bypass -File resources\setup.ps1 demo       the window on the practice account
#   powershell -ExecutionPolicy Bypass -File resources\setup.ps1 install    the set-up alone
#   powershell -ExecutionPolicy Bypass -File resources\setup.ps1 test       the tests
#
# Written for Windows PowerShell 5.1. KDGUI_PYTHON names the Python to use (3.11 to 3.14, not the Store's).
param(
    [Parameter(Mandatory = $true)][ValidateSet('demo', 'test', 'install')][string]$Task,
    [Parameter(ValueFromRemainingArguments = $true)][string[]]$Rest = @()
)

# A cmdlet that fails ends the script. Programs are asked for their exit code: what they write on standard error
# is no fault (PowerShell 5.1 would make one of it where it is redirected, so it never is).
$ErrorActionPreference = 'Stop'

$house = Split-Path -Parent $PSScriptRoot
# Windows ends paths at 260 letters; the longest one below the venv has some 150.
$longest = 105
$venv = Join-Path $house '.venv'
if ($venv.Length -gt $longest) {
    $sha = [Security.Cryptography.SHA256]::Create()
    $digest = $sha.ComputeHash([Text.Encoding]::UTF8.GetBytes($house.ToLowerInvariant()))
    $mark = ([BitConverter]::ToString($digest) -replace '-', '').Substring(0, 8)
    $venv = Join-Path $env:LOCALAPPDATA "kdgui-venv\$mark"
}
$python = Join-Path $venv 'Scripts\python.exe'
$stamp = Join-Path $venv "made-for-$Task"
$base = Join-Path $venv 'made-from'

# Says who it is where it suits: version, folder. The Microsoft Store's Python sees another AppData than every other
# program: the journal would be hidden in its package, and deleted with it.
$suits = @'
import sys
store = "WindowsApps" in sys.base_prefix or "PythonSoftwareFoundation" in sys.base_prefix
ok = (3, 11) <= sys.version_info < (3, 15) and not store
print(sys.version.split()[0], sys.base_prefix) if ok else None
sys.exit(not ok)
'@

function Stop-With([string]$message) {
    Write-Host "kdgui: $message"
    exit 1
}

# The identity of a Python that suits, or ''. Its standard output is caught here and goes nowhere else.
function Get-Identity([string[]]$candidate) {
    if (-not (Get-Command $candidate[0] -ErrorAction SilentlyContinue)) { return '' }
    $code = Join-Path ([IO.Path]::GetTempPath()) "kdgui-$PID.py"
    Set-Content -LiteralPath $code -Value $suits -Encoding UTF8
    $arguments = @($candidate | Select-Object -Skip 1) + @($code)
    $kept = $ErrorActionPreference
    try {
        $ErrorActionPreference = 'Continue'
        $said = & $candidate[0] @arguments
        if ($LASTEXITCODE -ne 0) { return '' }
        return "$said".Trim()
    }
    finally {
        $ErrorActionPreference = $kept
        Remove-Item -LiteralPath $code -ErrorAction SilentlyContinue
    }
}

function Find-Python {
    $candidates = New-Object System.Collections.ArrayList
    if ($env:KDGUI_PYTHON) {
        [void]$candidates.Add(@($env:KDGUI_PYTHON))
    }
    else {
        foreach ($version in '3.13', '3.12', '3.11', '3.14') { [void]$candidates.Add(@('py', "-$version")) }
        [void]$candidates.Add(@('python'))
    }
    foreach ($candidate in $candidates) {
        $identity = Get-Identity $candidate
        if ($identity) { return @{ Command = [string[]]$candidate; Identity = $identity } }
    }
    Stop-With ('no Python from 3.11 to 3.14 was found (one from the Microsoft Store does not do). Install one from ' +
        'python.org. / 未找到 Python 3.11 至 3.14（微软商店的版本不能用），请从 python.org 安装。')
}

# What the venv was made from: pyproject, this place, for users the program's files too (they get a plain copy: an
# editable one is found through a .pth file that Python 3.11 and 3.12 read in the system's code page, not in UTF-8).
function Get-Fingerprint {
    $parts = @((Get-FileHash -LiteralPath (Join-Path $house 'pyproject.toml')).Hash, $house)
    if ($Task -ne 'test') {
        foreach ($folder in 'kdgui', 'resources') {
            $files = Get-ChildItem -LiteralPath (Join-Path $house $folder) -Recurse -File |
                Where-Object { $_.Extension -ne '.pyc' } | Sort-Object FullName
            foreach ($file in $files) { $parts += (Get-FileHash -LiteralPath $file.FullName).Hash }
        }
    }
    $sha = [Security.Cryptography.SHA256]::Create()
    return [BitConverter]::ToString($sha.ComputeHash([Text.Encoding]::UTF8.GetBytes($parts -join '|'))) -replace '-', ''
}

function Read-Stamp([string]$path) {
    if (-not (Test-Path -LiteralPath $path)) { return '' }
    return ([IO.File]::ReadAllText($path, [Text.Encoding]::UTF8)).Trim()
}

function Invoke-Program([string]$program, [string[]]$arguments) {
    $kept = $ErrorActionPreference
    try {
        $ErrorActionPreference = 'Continue'
        & $program @arguments | Out-Host
        return $LASTEXITCODE
    }
    finally { $ErrorActionPreference = $kept }
}

# A venv whose Python has gone, or that another one made, is made anew.
function Initialize-Venv {
    $found = Find-Python
    $works = (Test-Path -LiteralPath $python) -and (Invoke-Program $python @('-c', 'import pip')) -eq 0
    if ($works -and (Read-Stamp $base) -eq $found.Identity) { return }
    if (Test-Path -LiteralPath $venv) { Remove-Item -LiteralPath $venv -Recurse -Force }
    $arguments = @($found.Command | Select-Object -Skip 1) + @('-m', 'venv', $venv)
    if ((Invoke-Program $found.Command[0] $arguments) -ne 0) {
        Stop-With 'the virtual environment could not be made. / 无法创建虚拟环境。'
    }
    Set-Content -LiteralPath $base -Value $found.Identity -Encoding UTF8
}

$env:PYTHONHOME = $null
$env:PYTHONPATH = $null
$env:PIP_USER = '0'
Push-Location -LiteralPath $house
try {
    $wanted = Get-Fingerprint
    if ($env:KDGUI_PYTHON -or (Read-Stamp $stamp) -ne $wanted) { Initialize-Venv }
    if ((Read-Stamp $stamp) -ne $wanted) {
        Write-Host 'kdgui: installing; the first time takes minutes. / 正在安装，首次需几分钟。'
        $what = if ($Task -eq 'test') { @('-e', '.[test]') } else { @('.') }
        $pip = @('-m', 'pip', 'install', '-q', '--disable-pip-version-check') + $what
        if ((Invoke-Program $python $pip) -ne 0) {
            Stop-With 'pip failed; PIP_INDEX_URL names a mirror. / 安装失败，可用 PIP_INDEX_URL 指定镜像。'
        }
        Set-Content -LiteralPath $stamp -Value $wanted -Encoding UTF8
    }
    $code = 0
    if ($Task -eq 'demo') { $code = Invoke-Program $python (@('-m', 'kdgui', '--demo') + $Rest) }
    elseif ($Task -eq 'test') { $code = Invoke-Program $python (@('-m', 'pytest') + $Rest) }
    else { Write-Host "kdgui: $(Join-Path $venv 'Scripts\kdguiw.exe')" }
}
finally { Pop-Location }
exit $code
