; Sentences of the installer in Chinese, over those of Default.isl. Only what this installer shows.
[LangOptions]
LanguageName=简体中文
LanguageID=$0804
LanguageCodePage=936

[Messages]
SetupAppTitle=安装
SetupWindowTitle=安装 - %1
UninstallAppTitle=卸载
UninstallAppFullTitle=卸载 %1
ConfirmTitle=确认
ErrorTitle=错误
ExitSetupTitle=退出安装
ExitSetupMessage=安装还没有完成。现在退出，程序不会装好。%n%n确定退出吗？
ButtonBack=< 上一步(&B)
ButtonNext=下一步(&N) >
ButtonInstall=安装(&I)
ButtonOK=确定
ButtonCancel=取消
ButtonYes=是(&Y)
ButtonNo=否(&N)
ButtonFinish=完成(&F)
ButtonBrowse=浏览(&B)…
WelcomeLabel1=欢迎安装 [name]
WelcomeLabel2=即将在您的电脑上安装 [name/ver]。%n%n请先关闭正在运行的本程序。
ClickNext=点“下一步”继续，点“取消”退出。
WizardSelectDir=选择安装位置
SelectDirDesc=[name] 装在哪里？
SelectDirLabel3=[name] 将安装到下面的文件夹。
SelectDirBrowseLabel=点“下一步”继续；要换文件夹请点“浏览”。
DiskSpaceMBLabel=至少需要 [mb] MB 空间。
WizardSelectTasks=选择附加任务
SelectTasksDesc=还要做什么？
SelectTasksLabel2=请选择安装时要做的附加任务，然后点“下一步”。
WizardReady=准备安装
ReadyLabel1=可以开始安装 [name] 了。
ReadyLabel2a=点“安装”开始；要查看或更改请点“上一步”。
ReadyLabel2b=点“安装”开始。
WizardInstalling=正在安装
InstallingLabel=正在安装 [name]，请稍候。
FinishedHeadingLabel=[name] 安装完成
FinishedLabel=[name] 已安装。可从开始菜单启动。
FinishedLabelNoIcons=[name] 已安装。
ClickFinish=点“完成”退出。
SetupAppRunningError=%1 正在运行。%n%n请先关闭它，然后点“确定”继续，或点“取消”退出。
UninstallAppRunningError=%1 正在运行。%n%n请先关闭它，然后点“确定”继续，或点“取消”退出。
ConfirmUninstall=确定要卸载 %1 吗？记录和设置会保留。
UninstalledAll=%1 已卸载。

[CustomMessages]
CreateDesktopIcon=在桌面创建快捷方式(&D)
LaunchProgram=启动 %1
