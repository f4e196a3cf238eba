; Installs the folder that resources/packaging/build.py made, for one user, without administrator:
;   iscc /DVersion=0.1.0 resources\packaging\kdgui.iss            makes dist\kdgui-setup-0.1.0.exe
;   kdgui-setup-0.1.0.exe /VERYSILENT /SUPPRESSMSGBOXES /NORESTART /LOG="%TEMP%\kdgui-setup.log"
;   unins000.exe /VERYSILENT                                       takes it away again; the journal stays
; Needs Inno Setup 6.3 or newer. The data folder (%LOCALAPPDATA%\kdgui) is never touched.
#ifndef Version
  #define Version "0.1.0"
#endif

[Setup]
AppId={{6E2B3F6C-5C0B-4B0E-9C53-0D7E5A1B7A51}
AppName=kdgui 下推助手
AppVersion={#Version}
VersionInfoVersion={#Version}
DefaultDirName={localappdata}\Programs\kdgui
DefaultGroupName=kdgui 下推助手
DisableProgramGroupPage=yes
DisableDirPage=auto
PrivilegesRequired=lowest
MinVersion=10.0.17763
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
SourceDir=..\..
OutputDir=dist
OutputBaseFilename=kdgui-setup-{#Version}
SetupIconFile=dist\kdgui.ico
UninstallDisplayIcon={app}\kdguiw.exe
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
; A running program holds its files, and a run must not be torn: it is asked to close, never killed.
CloseApplications=yes
RestartApplications=no
AppMutex=kdgui-running
ShowLanguageDialog=auto

[Languages]
Name: "zh"; MessagesFile: "compiler:Default.isl,resources\packaging\ChineseSimplified.isl"
Name: "en"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[InstallDelete]
; Libraries of the version before are not ours any more.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "dist\kdgui\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
Name: "{userprograms}\kdgui 下推助手"; Filename: "{app}\kdguiw.exe"; AppUserModelID: "kdgui.kdgui"
Name: "{userdesktop}\kdgui 下推助手"; Filename: "{app}\kdguiw.exe"; Tasks: desktopicon; AppUserModelID: "kdgui.kdgui"

[Run]
Filename: "{app}\kdguiw.exe"; Description: "{cm:LaunchProgram,kdgui}"; Flags: nowait postinstall skipifsilent
