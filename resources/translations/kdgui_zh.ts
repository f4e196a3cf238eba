<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en_US">
    <context>
        <name>AddressNote</name>
        <message>
            <source>The server uses http: not encrypted, but it is on this computer, so it is safe.</source>
            <translation>服务器用的是 http，没有加密；服务器就在本机，可以放心。</translation>
        </message>
        <message>
            <source>The server uses http: the password crosses the network unencrypted. Ask your administrator for an https address.</source>
            <translation>服务器用的是 http，密码在网络上不加密。请向管理员要 https 的地址。</translation>
        </message>
    </context>
    <context>
        <name>Asker</name>
        <message>
            <source>Bills</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Data centre</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drafts are kept where saving fails; each must be dealt with by hand.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Form</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Organisation</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Push again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Push {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Push {n} again?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Push {n} in a production data centre?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pushed before</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Retry</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Retry the {n} failed?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rule</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Target</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The server's default rule</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>These have target bills by this rule already. Right for part deliveries; anything else doubles them.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This rule has not been used in this data centre from this PC before.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>User</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>also the {n} of which Kingdee held nothing when asked</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{n}, will be skipped</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>ChoosePane</name>
        <message>
            <source>Add to favourites</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a conversion rule.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a rule, or type its id</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the form to push.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the target form.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose what to push</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drafts are kept when saving fails; each must be dealt with by hand.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Fetching the rules…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Form</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Merged</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>More options</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>More options ({n})</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>One by one</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>One by one; none touches another</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Push only, do not submit</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove from favourites</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rule</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Several bills become one, as the rule groups them</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Submit and approve as well</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Submit as well</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Target</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Target organisation, bill type, drafts, parameters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The rule does not say; choose the target form</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The rules could not be fetched ({why}); those of the catalogue are shown.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The server's default rule</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Then</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Type a name or id, for example 采购订单</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>catalogue</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>switched off</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Closing</name>
        <message>
            <source>A run goes on</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Bills are still being pushed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Push all, then close</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stop and close</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stopping sends nothing new; the bill on its way is waited for. The rest can be pushed later.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The window closes when the run has ended.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Waiting for the answer to the bill on its way. Close again to leave it to the next start.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>ConfirmDialog</name>
        <message>
            <source>Cancel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Type {n} to go on:</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>ConnectionRow</name>
        <message>
            <source>Connection</source>
            <translation>连接</translation>
        </message>
        <message>
            <source>Forget</source>
            <translation>忘记</translation>
        </message>
        <message>
            <source>Forget this connection and its password</source>
            <translation>忘记这个连接和它的密码</translation>
        </message>
        <message>
            <source>New connection</source>
            <translation>新连接</translation>
        </message>
        <message>
            <source>Practice (built in)</source>
            <translation>练习（内置）</translation>
        </message>
    </context>
    <context>
        <name>CrashDialog</name>
        <message>
            <source>Copied</source>
            <translation>已复制</translation>
        </message>
        <message>
            <source>Copy details</source>
            <translation>复制详情</translation>
        </message>
        <message>
            <source>Details of the mistake</source>
            <translation>错误详情</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>继续使用</translation>
        </message>
        <message>
            <source>The program made a mistake</source>
            <translation>程序出错了</translation>
        </message>
        <message>
            <source>This is not your fault, and no result is lost: every one is written down before you see it. You may go on; if something looks odd, close the program and open it again. Please copy the details and send them to your administrator.</source>
            <translation>这不是您的操作造成的，结果也没有丢：每个结果都是先写进记录，再显示出来的。可以继续使用；如果界面有异常，请关闭程序后重新打开。请复制详情发给管理员。</translation>
        </message>
    </context>
    <context>
        <name>DataCentreField</name>
        <message>
            <source>Choose by name, or type its id</source>
            <translation>按名字选择，或输入内码</translation>
        </message>
        <message>
            <source>Data centre</source>
            <translation>数据中心</translation>
        </message>
        <message>
            <source>No label</source>
            <translation>未标记</translation>
        </message>
        <message>
            <source>Red: production. Green: test and practice. Without a label it counts as production.</source>
            <translation>红色：正式。绿色：测试和练习。没有标记的按正式处理。</translation>
        </message>
        <message>
            <source>What this data centre is for</source>
            <translation>这个数据中心的用途</translation>
        </message>
    </context>
    <context>
        <name>DetailPane</name>
        <message>
            <source> (MsgCode {code})</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy details</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Details</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kingdee was asked at {time}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kingdee's own words: {text}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Notes: {text}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Target bills: {numbers}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What to do: {text}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What to do: {text} Who: {who}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What: {text}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Why: {text}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Exporter</name>
        <message>
            <source>Excel workbook (*.xlsx)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export to Excel</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>HelpDialog</name>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Contents</source>
            <translation>目录</translation>
        </message>
        <message>
            <source>Find on this page</source>
            <translation>在本页查找</translation>
        </message>
        <message>
            <source>Help</source>
            <translation>帮助</translation>
        </message>
        <message>
            <source>Open the folder of journal and log</source>
            <translation>打开记录和日志所在的文件夹</translation>
        </message>
    </context>
    <context>
        <name>HistoryDialog</name>
        <message numerus="yes">
            <source>%n run(s), kept on this computer</source>
            <translation>
                <numerusform>共 %n 次下推，保存在本机</numerusform>
            </translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Find a date, form, rule, user …</source>
            <translation>查找日期、单据、用户……</translation>
        </message>
        <message>
            <source>Find a run</source>
            <translation>查找一次下推</translation>
        </message>
        <message>
            <source>History</source>
            <translation>历史记录</translation>
        </message>
        <message>
            <source>Nothing was pushed from this computer yet.</source>
            <translation>这台电脑上还没有下推过。</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Reading the journal…</source>
            <translation>正在读取记录…</translation>
        </message>
        <message>
            <source>Runs</source>
            <translation>历次下推</translation>
        </message>
    </context>
    <context>
        <name>HistoryModel</name>
        <message numerus="yes">
            <source>%n alarm(s)</source>
            <translation>
                <numerusform>警告 %n</numerusform>
            </translation>
        </message>
        <message>
            <source>Data centre</source>
            <translation>数据中心</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>完成</translation>
        </message>
        <message>
            <source>Not finished</source>
            <translation>没有做完</translation>
        </message>
        <message>
            <source>Results</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>To deal with</source>
            <translation>要处理</translation>
        </message>
        <message>
            <source>User</source>
            <translation>用户</translation>
        </message>
        <message>
            <source>What</source>
            <translation>下推</translation>
        </message>
    </context>
    <context>
        <name>LoginDialog</name>
        <message numerus="yes">
            <source>%n data centre(s)</source>
            <translation>
                <numerusform>%n 个数据中心</numerusform>
            </translation>
        </message>
        <message>
            <source>, </source>
            <translation>、</translation>
        </message>
        <message>
            <source>Asking the server for its data centres…</source>
            <translation>正在读取数据中心…</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Connecting…</source>
            <translation>正在连接…</translation>
        </message>
        <message>
            <source>No list of data centres ({why}); its id can be typed.</source>
            <translation>没有取到数据中心列表（{why}），可以直接输入内码。</translation>
        </message>
        <message>
            <source>Please fill in: {names}</source>
            <translation>请填写：{names}</translation>
        </message>
        <message>
            <source>Sign in</source>
            <translation>登录</translation>
        </message>
        <message>
            <source>Sign in to Kingdee Cloud</source>
            <translation>登录金蝶云星空</translation>
        </message>
        <message>
            <source>Sign-in cancelled.</source>
            <translation>已取消登录。</translation>
        </message>
        <message>
            <source>Signing in…</source>
            <translation>正在登录…</translation>
        </message>
        <message>
            <source>Starting the practice account…</source>
            <translation>正在启动练习账套…</translation>
        </message>
        <message>
            <source>Test connection</source>
            <translation>测试连接</translation>
        </message>
        <message>
            <source>The password is kept in the system's key store; the program keeps no copy of its own.</source>
            <translation>密码保存在本机的系统密钥库，程序自己不留副本。</translation>
        </message>
        <message>
            <source>The server answers, in {seconds} s: {count}.</source>
            <translation>连接正常，用时 {seconds} 秒，{count}。</translation>
        </message>
        <message>
            <source>The server lists no data centres; type the id your administrator gave you.</source>
            <translation>服务器没有列出数据中心，请输入管理员给的内码。</translation>
        </message>
        <message>
            <source>{why}. {advice}</source>
            <translation>{why}。{advice}</translation>
        </message>
        <message>
            <source>{why}: type the password at each sign-in.</source>
            <translation>{why}，每次登录时输入密码即可。</translation>
        </message>
    </context>
    <context>
        <name>LoginForm</name>
        <message>
            <source>App ID</source>
            <translation>应用 ID</translation>
        </message>
        <message>
            <source>App ID and secret</source>
            <translation>应用 ID 和密钥</translation>
        </message>
        <message>
            <source>App ID and signature</source>
            <translation>应用 ID 和签名</translation>
        </message>
        <message>
            <source>App secret</source>
            <translation>应用密钥</translation>
        </message>
        <message>
            <source>Browse…</source>
            <translation>浏览…</translation>
        </message>
        <message>
            <source>CA file</source>
            <translation>CA 证书文件</translation>
        </message>
        <message>
            <source>Certificate</source>
            <translation>CA 证书</translation>
        </message>
        <message>
            <source>Certificates (*.pem *.crt *.cer)</source>
            <translation>证书 (*.pem *.crt *.cer)</translation>
        </message>
        <message>
            <source>Connection</source>
            <translation>连接</translation>
        </message>
        <message>
            <source>Data centre</source>
            <translation>数据中心</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>语言</translation>
        </message>
        <message>
            <source>Number, may stay empty</source>
            <translation>组织编码，可以不填</translation>
        </message>
        <message>
            <source>Organisation</source>
            <translation>组织</translation>
        </message>
        <message>
            <source>Password</source>
            <translation>密码</translation>
        </message>
        <message>
            <source>Remember the password (system key store)</source>
            <translation>在系统密钥库中记住密码</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Sign in by</source>
            <translation>登录方式</translation>
        </message>
        <message>
            <source>Signed requests (no session)</source>
            <translation>请求签名（不建立会话）</translation>
        </message>
        <message>
            <source>User</source>
            <translation>用户名</translation>
        </message>
        <message>
            <source>User and password</source>
            <translation>用户名和密码</translation>
        </message>
        <message>
            <source>Your company's CA file, if it has one</source>
            <translation>公司自己的 CA 证书文件，没有就不填</translation>
        </message>
    </context>
    <context>
        <name>MainWindow</name>
        <message>
            <source>Asking Kingdee about bills whose fate is open…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Exported to {path}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not signed in. What is pasted and typed here stays.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open folder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sign in</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sign in again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sign in to a data centre first.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>MessageBar</name>
        <message>
            <source>Close this message</source>
            <translation>关闭这条消息</translation>
        </message>
    </context>
    <context>
        <name>NumbersGrid</name>
        <message>
            <source>Already pushed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Bill numbers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Clear all</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy the bill numbers in Excel and press Ctrl+V here.
Or type them, one a line.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not approved</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Paste</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ready</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Redo</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Repeated</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select all</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Undo</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>NumbersModel</name>
        <message>
            <source>Already pushed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Being watched</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Bill number</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancelled</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Check</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Closed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Damaged</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Edit</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Empty line: type or paste here</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Frozen</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Made half-width from {original}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not approved</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not ready</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ready</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remark</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Repeated</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Same as row {row}, pushed once</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Several found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Terminated</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Unsettled</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>NumbersPane</name>
        <message>
            <source>, </source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>About {n} rows; at most {most} at a time. Nothing was taken.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ask Kingdee which of these can be pushed; changes nothing</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Check</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Clear</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Column {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Hidden rows as well: {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Numbers taken: {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open bill numbers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open sheet…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Paste</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Paste bill numbers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Push</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Push 1 and look</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Push only the first bill</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Push {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Read a .xlsx, .csv or .txt file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Read another column, sheet, or hidden rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Read differently</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reading {file}…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reading…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows taken out: {n}. Ctrl+Z brings them back.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sheet {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take every row out; Ctrl+Z brings them back</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take the numbers on the clipboard (Ctrl+V)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There are no bill numbers on the clipboard.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is nothing in this file.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This reads like a text, not like bill numbers. Nothing was taken; copy the column.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Workbooks and text (*.xlsx *.csv *.txt)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>empty rows left out: {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>from column “{name}”</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>header rows left out: {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>hidden rows left out: {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>total rows left out: {n}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>OptionsDialog</name>
        <message>
            <source>A draft has no number and does not use up the quantity of its source, so Kingdee would let the same bill be pushed again. Every draft must be finished or deleted by hand; the results show them under Needs hands.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A parameter has a value ({key}) but no name.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keep a draft when saving fails</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>More options</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Name</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only where whoever wrote the plug-in asks for them; they are handed on untouched.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Parameters for the conversion plug-in</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Target bill type (id)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Target organisation (internal id)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The parameter {key} is there twice.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The parameter {key} is too long.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Value</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>as the rule decides</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>ResultsModel</name>
        <message>
            <source>Remark</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Result</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Source bill</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Target bill</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{reason}; asking Kingdee, {clock} left</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>ResultsPane</name>
        <message>
            <source>All</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All rows with targets, reasons and advice</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ask Kingdee</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ask now what became of the unsettled bills</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Checking…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy source numbers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy target numbers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export to Excel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go on</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Needs hands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No bill here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not done</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not sent yet: {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Of the selected rows, or of all that are shown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Paused: {what}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Progress</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Push the other {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Push {n} again…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pushed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Results</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Results are kept; find them in the history at any time</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Retry the {n} failed…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Retry…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Send nothing new; what was sent is waited for</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Settle by hand…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stop</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stopping…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Target numbers copied: {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The bill that is on its way is still waited for.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There are no target numbers here yet.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What becomes of every bill appears here:
its target bill, or why not and what to do.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Which results are shown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>You looked in Kingdee: say what became of it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>about {n} min left</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>about {n} s left</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{n} a minute</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>SecretEdit</name>
        <message>
            <source>Hide it</source>
            <translation>隐藏</translation>
        </message>
        <message>
            <source>Show it</source>
            <translation>显示</translation>
        </message>
    </context>
    <context>
        <name>SettingsDialog</name>
        <message>
            <source> s</source>
            <translation> 秒</translation>
        </message>
        <message>
            <source>Address of the proxy</source>
            <translation>代理地址</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>跟随系统</translation>
        </message>
        <message>
            <source>Ask after a broken line for</source>
            <translation>断线后查询</translation>
        </message>
        <message>
            <source>Ask after a time-out for</source>
            <translation>超时后查询</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>深色</translation>
        </message>
        <message>
            <source>Defaults</source>
            <translation>恢复默认</translation>
        </message>
        <message>
            <source>For one bill; more for many in one request.</source>
            <translation>一张单据的时间；合并下推时按张数加长。</translation>
        </message>
        <message>
            <source>How long Kingdee is asked before a bill counts as not created.</source>
            <translation>查询多久还没有，才算“未生成”。</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>语言</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>浅色</translation>
        </message>
        <message>
            <source>Log</source>
            <translation>日志</translation>
        </message>
        <message>
            <source>Look</source>
            <translation>外观</translation>
        </message>
        <message>
            <source>None</source>
            <translation>不用代理</translation>
        </message>
        <message>
            <source>One is safest and usually fast enough; each bill is in one request only.</source>
            <translation>1 最稳妥，一般也够快；每张单据只在一个请求里。</translation>
        </message>
        <message>
            <source>Proxy</source>
            <translation>代理</translation>
        </message>
        <message>
            <source>Requests at a time</source>
            <translation>同时下推</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>保存</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>设置</translation>
        </message>
        <message>
            <source>This one:</source>
            <translation>用这个：</translation>
        </message>
        <message>
            <source>Wait for an answer</source>
            <translation>等待回复</translation>
        </message>
        <message>
            <source>Wait for the connection</source>
            <translation>等待连接</translation>
        </message>
    </context>
    <context>
        <name>SettleDialog</name>
        <message>
            <source>Cancel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How do you know? (kept in the journal with your name)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It was pushed: Kingdee holds a target bill of it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keep this result</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing came of it: there is no target bill; it may be pushed again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only a draft is there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Settle by hand</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What became of {number}?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>for example: looked at 下查, target CGRK000231 is there</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Strip</name>
        <message>
            <source>In its own words: {said}</source>
            <translation>原文：{said}</translation>
        </message>
    </context>
    <context>
        <name>TopStrip</name>
        <message>
            <source>Data centre: {name}</source>
            <translation>数据中心：{name}</translation>
        </message>
        <message>
            <source>Every run so far, with its results</source>
            <translation>历次下推和结果</translation>
        </message>
        <message>
            <source>Find a number</source>
            <translation>查找单号</translation>
        </message>
        <message>
            <source>Find a number in the results</source>
            <translation>在结果里查找单号</translation>
        </message>
        <message>
            <source>Help</source>
            <translation>帮助</translation>
        </message>
        <message>
            <source>History</source>
            <translation>历史记录</translation>
        </message>
        <message>
            <source>Not signed in</source>
            <translation>未登录</translation>
        </message>
        <message>
            <source>Push Assistant</source>
            <translation>下推助手</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>设置</translation>
        </message>
        <message>
            <source>Sign in somewhere else</source>
            <translation>登录别的数据中心</translation>
        </message>
        <message>
            <source>Signed in: {who}</source>
            <translation>已登录：{who}</translation>
        </message>
        <message>
            <source>Switch data centre</source>
            <translation>切换数据中心</translation>
        </message>
        <message>
            <source>What this program promises, and how to use it</source>
            <translation>程序的承诺和用法</translation>
        </message>
    </context>
    <context>
        <name>_NumberDelegate</name>
        <message>
            <source>Bill number</source>
            <translation type="unfinished" />
        </message>
    </context>
</TS>
