# Sets kdgui up in this checkout and runs it, on Windows. Run it again at any time.
#
#   powershell -ExecutionPolicy Bypass -File resources\setup.ps1 demo    the window on the practice account
#   powershell -ExecutionPolicy Bypass -File resources\setup.ps1 test    the tests
#
# Written for Windows PowerShell 5.1. KDGUI_PYTHON names the Python to use (3.11 to 3.14).
param(
    [Parameter(Mandatory = $true)][ValidateSet('demo', 'test', 'install')][string]$Task,
    [Parameter(ValueFromRemainingArguments = $true)][string[]]$Rest = @()
)

$house = Split-Path -Parent $PSScriptRoot
$venv = Join-Path $house '.venv'
$python = Join-Path $venv 'Scripts\python.exe'
$stamp = Join-Path $venv "made-for-$Task"
$suits = 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'

function Stop-With([string]$message) {
    Write-Host "kdgui: $message"
    exit 1
}

function Find-Python {
    $candidates = @()
    if ($env:KDGUI_PYTHON) { $candidates += , @($env:KDGUI_PYTHON) }
    foreach ($version in '3.13', '3.12', '3.11', '3.14') { $candidates += , @('py', "-$version") }
    $candidates += , @('python')
    foreach ($candidate in $candidates) {
        if (-not (Get-Command $candidate[0] -ErrorAction SilentlyContinue)) { continue }
        $arguments = @($candidate | Select-Object -Skip 1)
        & $candidate[0] @arguments -c $suits 2>$null
        if ($LASTEXITCODE -eq 0) { return , $candidate }
    }
    Stop-With 'no Python from 3.11 to 3.14 was found. Install one from python.org. / 未找到 Python 3.11 至 3.14。'
}

$wanted = "$((Get-FileHash (Join-Path $house 'pyproject.toml')).Hash) $house"
$made = if (Test-Path $stamp) { (Get-Content $stamp -Raw).Trim() } else { '' }

if ($made -ne $wanted) {
    if (-not (Test-Path $python)) {
        $base = Find-Python
        $arguments = @($base | Select-Object -Skip 1)
        & $base[0] @arguments -m venv --clear $venv
        if ($LASTEXITCODE -ne 0) { Stop-With 'the virtual environment could not be made. / 无法创建虚拟环境。' }
    }
    Write-Host 'kdgui: installing; the first time takes minutes. / 正在安装，首次需几分钟。'
    $extra = if ($Task -eq 'test') { '[test]' } else { '' }
    Push-Location $house
    & $python -m pip install -q --disable-pip-version-check -e ".$extra"
    $ended = $LASTEXITCODE
    Pop-Location
    if ($ended -ne 0) { Stop-With 'pip failed; PIP_INDEX_URL names a mirror. / 安装失败，可用 PIP_INDEX_URL 指定镜像。' }
    Set-Content -Path $stamp -Value $wanted
}

if ($Task -eq 'demo') {
    & $python -m kdgui --demo @Rest
}
elseif ($Task -eq 'test') {
    Push-Location $house
    & $python -m pytest @Rest
    Pop-Location
}
exit $LASTEXITCODE
