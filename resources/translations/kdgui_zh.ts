<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en_US">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>数据文件夹</translation>
    </message>
    <message>
        <source>Export diagnostics…</source>
        <translation>导出诊断包…</translation>
    </message>
    <message>
        <source>Libraries and their licences</source>
        <translation>使用的组件和许可</translation>
    </message>
    <message>
        <source>Push-down assistant (kdgui)</source>
        <translation>下推助手（kdgui）</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>已保存：{path}</translation>
    </message>
    <message>
        <source>Texts only, passwords and sessions masked; connections and journal are not in it.</source>
        <translation>只有文本，密码和会话已隐去；不含连接和下推记录。</translation>
    </message>
    <message>
        <source>What the diagnostics archive holds</source>
        <translation>诊断包里有什么</translation>
    </message>
</context>
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
    <name>Application</name>
    <message>
        <source>I have checked</source>
        <translation>我已在金蝶里核对</translation>
    </message>
</context>
<context>
    <name>BillFinding</name>
    <message>
        <source>Added: {n}.</source>
        <translation>已加入 {n} 张。</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>In the list already: {n}.</source>
        <translation>列表里已有 {n} 张。</translation>
    </message>
    <message>
        <source>Numbers that several bills have: {n}; check, then choose which is meant.</source>
        <translation>有 {n} 个编号对应多张单据，请先检查，再选择是哪一张。</translation>
    </message>
    <message>
        <source>The list is full: {n} rows.</source>
        <translation>列表已满：{n} 行。</translation>
    </message>
</context>
<context>
    <name>BillPage</name>
    <message>
        <source> ({status})</source>
        <translation>（{status}）</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>Ask Kingdee</source>
        <translation>向金蝶查询</translation>
    </message>
    <message>
        <source>Asking Kingdee…</source>
        <translation>正在向金蝶查询…</translation>
    </message>
    <message>
        <source>Choose a bill above and ask Kingdee what it holds now.</source>
        <translation>请在上面选一张单据，再点“向金蝶查询”。</translation>
    </message>
    <message>
        <source>Choose its form in step 1, then look for it again: Kingdee is asked there.</source>
        <translation>请先在第 1 步选好单据，再来查找，就会在那里向金蝶查询。</translation>
    </message>
    <message>
        <source>From which bill to which it went</source>
        <translation>这张单据的来龙去脉</translation>
    </message>
    <message>
        <source>In Kingdee now</source>
        <translation>金蝶里现在</translation>
    </message>
    <message>
        <source>Nothing was found.</source>
        <translation>没有查到。</translation>
    </message>
    <message>
        <source>Reads only, nothing is changed</source>
        <translation>只查询，不改动任何单据</translation>
    </message>
    <message>
        <source>Sign in to see what Kingdee holds now.</source>
        <translation>登录后可以查看金蝶里现在的情况。</translation>
    </message>
    <message>
        <source>These runs were made in another data centre; sign in there to ask.</source>
        <translation>这些下推是在别的数据中心做的，登录那里才能查询。</translation>
    </message>
    <message>
        <source>What Kingdee holds now</source>
        <translation>金蝶里现在的情况</translation>
    </message>
    <message>
        <source>What became of this bill, run by run</source>
        <translation>这张单据历次下推的结果</translation>
    </message>
    <message>
        <source>no target bill by this rule</source>
        <translation>按这条规则没有目标单据</translation>
    </message>
    <message>
        <source>no target bill to be seen, which does not prove that there is none</source>
        <translation>没有看到目标单据，但不能肯定没有</translation>
    </message>
    <message>
        <source>there</source>
        <translation>存在</translation>
    </message>
    <message>
        <source>{bill}: cannot be asked ({why})</source>
        <translation>{bill}：查不了（{why}）</translation>
    </message>
    <message>
        <source>{bill}: not to be seen in Kingdee. It was deleted, is in another organisation, or you may not see it. Asked at {time}.</source>
        <translation>{bill}：金蝶里看不到，可能已删除、在别的组织，或您没有查看权限。{time} 查询。</translation>
    </message>
    <message>
        <source>{bill}: {state}. Asked at {time}.</source>
        <translation>{bill}：{state}。{time} 查询。</translation>
    </message>
    <message>
        <source>{number}: named in the records here, not to be seen in Kingdee now; probably deleted</source>
        <translation>{number}：本机有记录，金蝶里现在看不到，可能已删除</translation>
    </message>
</context>
<context>
    <name>BillPicks</name>
    <message>
        <source>Lines of {n} bills at a time at most.</source>
        <translation>一次最多看 {n} 张单据的明细。</translation>
    </message>
    <message>
        <source>None of the selected rows can be pushed as it stands.</source>
        <translation>所选的行现在都不能下推。</translation>
    </message>
</context>
<context>
    <name>BillRunsModel</name>
    <message>
        <source>Data centre</source>
        <translation>数据中心</translation>
    </message>
    <message>
        <source>Explanation</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Source bill</source>
        <translation>源单</translation>
    </message>
    <message>
        <source>Target bill</source>
        <translation>目标单据</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
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
    <name>CheckFindings</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>All the same</source>
        <translation>仍要下推</translation>
    </message>
    <message>
        <source>Already pushed</source>
        <translation>已下推</translation>
    </message>
    <message>
        <source>Being watched</source>
        <translation>观察中</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已作废</translation>
    </message>
    <message>
        <source>Choose one</source>
        <translation>待选组织</translation>
    </message>
    <message>
        <source>Chosen</source>
        <translation>已选组织</translation>
    </message>
    <message>
        <source>Closed</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>Frozen</source>
        <translation>已冻结</translation>
    </message>
    <message>
        <source>Not approved</source>
        <translation>未审核</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>找不到</translation>
    </message>
    <message>
        <source>Not ready</source>
        <translation>不能下推</translation>
    </message>
    <message>
        <source>Nothing left</source>
        <translation>没有剩余</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>可下推</translation>
    </message>
    <message>
        <source>Repeated</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>Terminated</source>
        <translation>已终止</translation>
    </message>
    <message>
        <source>Unsettled</source>
        <translation>待确认</translation>
    </message>
    <message>
        <source>in {organisation}</source>
        <translation>{organisation}</translation>
    </message>
    <message>
        <source>left {n} of {total}</source>
        <translation>剩 {n} / 共 {total}</translation>
    </message>
    <message>
        <source>only {n} of {total} lines</source>
        <translation>只推 {n} / {total} 行</translation>
    </message>
    <message>
        <source>push all the same</source>
        <translation>仍要下推</translation>
    </message>
    <message>
        <source>quantity {n}</source>
        <translation>数量 {n}</translation>
    </message>
    <message>
        <source>{n} bills</source>
        <translation>共 {n} 张</translation>
    </message>
</context>
<context>
    <name>CheckLine</name>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>Cannot be checked beforehand: {what}</source>
        <translation>事先查不了：{what}</translation>
    </message>
    <message>
        <source>Choose the organisation ({n})…</source>
        <translation>选组织（{n} 张）…</translation>
    </message>
    <message>
        <source>The same number lives in several organisations; say which bill is meant</source>
        <translation>同一个编号在几个组织里都有，请选是哪一张</translation>
    </message>
    <message>
        <source>They are pushed once more, as part deliveries are; the count is asked for</source>
        <translation>会再推一次（分批收货常用）；下推前要输入张数确认</translation>
    </message>
    <message>
        <source>Tick all that have quantity left ({n})</source>
        <translation>勾选全部有剩余的（{n} 张）</translation>
    </message>
</context>
<context>
    <name>ChooseBillDialog</name>
    <message>
        <source>All of them</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Take these {n}</source>
        <translation>确定（{n} 张）</translation>
    </message>
    <message>
        <source>These numbers live in several organisations. What you choose is pushed by its internal id.</source>
        <translation>这些编号在几个组织里都有。选好以后按内码下推，不会推错。</translation>
    </message>
    <message>
        <source>Which bill is meant?</source>
        <translation>是哪一张单据？</translation>
    </message>
    <message>
        <source>not chosen, stays out</source>
        <translation>不选，这次不推</translation>
    </message>
    <message>
        <source>one by one below</source>
        <translation>在下面逐张选</translation>
    </message>
</context>
<context>
    <name>ChoosePane</name>
    <message>
        <source>Add to favourites</source>
        <translation>加入收藏</translation>
    </message>
    <message>
        <source>Choose a conversion rule.</source>
        <translation>请选择转换规则。</translation>
    </message>
    <message>
        <source>Choose another</source>
        <translation>重新选择</translation>
    </message>
    <message>
        <source>Choose the form to push.</source>
        <translation>请选择要下推的单据。</translation>
    </message>
    <message>
        <source>Choose the target form.</source>
        <translation>请选择目标单据。</translation>
    </message>
    <message>
        <source>Choose what to push</source>
        <translation>选择下推</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>单据</translation>
    </message>
    <message>
        <source>How</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>No form {id} is known.</source>
        <translation>没有找到单据 {id}。</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>方案</translation>
    </message>
    <message>
        <source>Push only</source>
        <translation>只下推，不提交</translation>
    </message>
    <message>
        <source>Readiness</source>
        <translation>准备情况</translation>
    </message>
    <message>
        <source>Remove from favourites</source>
        <translation>取消收藏</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>The rule does not say; choose the target form</source>
        <translation>规则没有写明，请选择目标单据</translation>
    </message>
    <message>
        <source>The server lists no rule {id}.</source>
        <translation>服务器上没有转换规则 {id}。</translation>
    </message>
    <message>
        <source>Then</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Then approve too</source>
        <translation>下推后提交并审核</translation>
    </message>
    <message>
        <source>Then submit</source>
        <translation>下推后提交</translation>
    </message>
    <message>
        <source>Type a name or id, for example 采购订单</source>
        <translation>输入名称或编号，例如 采购订单</translation>
    </message>
    <message>
        <source>Use this id</source>
        <translation>使用这个标识</translation>
    </message>
    <message>
        <source>What this account can see and do with this rule; changes nothing</source>
        <translation>查看当前账号按这条规则能查什么、能做什么；不会改动任何数据</translation>
    </message>
    <message>
        <source>What was made for your company may still exist under this id. Use it as it stands?</source>
        <translation>贵公司自行开发的单据或规则可能仍用这个标识。要照此使用吗？</translation>
    </message>
</context>
<context>
    <name>CloseGuard</name>
    <message>
        <source>A run goes on</source>
        <translation>正在下推</translation>
    </message>
    <message>
        <source>Bills are still being pushed.</source>
        <translation>还有单据正在下推。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Push all, then close</source>
        <translation>全部推完再关闭</translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation>停止并关闭</translation>
    </message>
    <message>
        <source>Stopping sends nothing new; the bill on its way is waited for. The rest can be pushed later.</source>
        <translation>停止后不再发送新的单据，已发出的那一张会等结果；剩下的以后可以接着推。</translation>
    </message>
    <message>
        <source>The window closes when the run has ended.</source>
        <translation>全部推完后窗口会自动关闭。</translation>
    </message>
    <message>
        <source>Waiting for the answer to the bill on its way. Close again to leave it to the next start.</source>
        <translation>正在等已发出的那一张的结果。再点一次关闭，就留到下次打开时查询。</translation>
    </message>
</context>
<context>
    <name>ConfirmDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Type {n} to go on:</source>
        <translation>请输入 {n} 继续：</translation>
    </message>
</context>
<context>
    <name>ConnectionRow</name>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Forget this connection and its password</source>
        <translation>删除这个连接和它的密码</translation>
    </message>
    <message>
        <source>Its name, label, colour and certificate</source>
        <translation>名称、用途、颜色和证书</translation>
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
    <name>ConnectionTestDialog</name>
    <message numerus="yes">
        <source>%n data centre(s)</source>
        <translation>
            <numerusform>%n 个数据中心</numerusform>
        </translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy for IT</source>
        <translation>复制给管理员</translation>
    </message>
    <message>
        <source>Everything shown here as text, without passwords</source>
        <translation>把这里显示的内容复制成文字，不含密码</translation>
    </message>
    <message>
        <source>Going to the server, layer by layer…</source>
        <translation>正在逐层测试连接…</translation>
    </message>
    <message>
        <source>It ends at: {layer}</source>
        <translation>停在：{layer}</translation>
    </message>
    <message>
        <source>Readiness…</source>
        <translation>准备情况…</translation>
    </message>
    <message>
        <source>Test again</source>
        <translation>重新测试</translation>
    </message>
    <message>
        <source>Test of the connection</source>
        <translation>测试连接</translation>
    </message>
    <message>
        <source>The connection is in order, in {seconds} s: {count}.</source>
        <translation>连接正常（{seconds} 秒）：{count}。</translation>
    </message>
    <message>
        <source>What this account can do with the chosen rule</source>
        <translation>这个账号用选定的规则能做什么</translation>
    </message>
    <message>
        <source>Who can help: {who}</source>
        <translation>找谁：{who}</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>未通过</translation>
    </message>
    <message>
        <source>note</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>passed</source>
        <translation>通过</translation>
    </message>
    <message>
        <source>trying</source>
        <translation>尝试中</translation>
    </message>
</context>
<context>
    <name>ConnectionsDialog</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>蓝色</translation>
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
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>证书</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer)</source>
        <translation>证书 (*.pem *.crt *.cer)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>登录连接</translation>
    </message>
    <message>
        <source>Data centre</source>
        <translation>数据中心</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Forget this connection?</source>
        <translation>删除这个连接？</translation>
    </message>
    <message>
        <source>Forget…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>绿色</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>灰色</translation>
    </message>
    <message>
        <source>Holds for this data centre in every connection. Production is asked about in red.</source>
        <translation>对这个数据中心的所有连接都有效。正式账套下推前会用红色提醒。</translation>
    </message>
    <message>
        <source>Its password is taken out of the system&apos;s key store. Runs and results stay.</source>
        <translation>密码也会从系统密钥库中删除；下推记录和结果会保留。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>No connection is kept yet: sign in once, and it appears here.</source>
        <translation>还没有保存的连接：登录一次，就会出现在这里。</translation>
    </message>
    <message>
        <source>No label: production</source>
        <translation>未标记（按正式处理）</translation>
    </message>
    <message>
        <source>Only ask, never push (read-only)</source>
        <translation>只查询，不下推（只读）</translation>
    </message>
    <message>
        <source>Production is always red</source>
        <translation>正式账套总是红色</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Saved connections</source>
        <translation>保存的连接</translation>
    </message>
    <message>
        <source>Saved.</source>
        <translation>已保存。</translation>
    </message>
    <message>
        <source>This connection and its password</source>
        <translation>这个连接和它的密码</translation>
    </message>
    <message>
        <source>Used for</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>What you call it; empty for the data centre&apos;s own name</source>
        <translation>您自己的叫法；不填就用数据中心的名称</translation>
    </message>
    <message>
        <source>Your company&apos;s CA file, if it has one</source>
        <translation>公司的 CA 证书文件，没有就不填</translation>
    </message>
    <message>
        <source>a certificate</source>
        <translation>一张证书</translation>
    </message>
    <message>
        <source>{names}; good until {ends}</source>
        <translation>{names}，有效到 {ends}</translation>
    </message>
</context>
<context>
    <name>Copying</name>
    <message>
        <source>All rows that are shown</source>
        <translation>当前显示的全部行</translation>
    </message>
    <message>
        <source>Copied {n} lines, one for each line of your list. Paste beside its first line.</source>
        <translation>已复制 {n} 行，和您的清单一行对一行，请粘贴到清单第一行的旁边。</translation>
    </message>
    <message>
        <source>Result column, to paste beside your list</source>
        <translation>结果列，贴回清单旁边</translation>
    </message>
    <message>
        <source>Result, target bill and explanation beside your list</source>
        <translation>结果、目标单据和说明，贴回清单旁边</translation>
    </message>
    <message>
        <source>Rows copied: {n}</source>
        <translation>已复制 {n} 行</translation>
    </message>
    <message>
        <source>Source numbers copied: {n}</source>
        <translation>已复制 {n} 个源单编号</translation>
    </message>
    <message>
        <source>Source numbers only</source>
        <translation>只复制源单编号</translation>
    </message>
    <message>
        <source>Target numbers copied: {n}</source>
        <translation>已复制 {n} 个目标单据编号</translation>
    </message>
    <message>
        <source>Target numbers only</source>
        <translation>只复制目标单据编号</translation>
    </message>
    <message>
        <source>The {n} selected rows</source>
        <translation>选中的 {n} 行</translation>
    </message>
    <message>
        <source>There are no target numbers here yet.</source>
        <translation>这里还没有目标单据编号。</translation>
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
    <name>DeleteDialog</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Also delete what was pushed on from it, the last bills first</source>
        <translation>连同后面接着下推的单据一起删，从最后一张删起</translation>
    </message>
    <message>
        <source>Bills that this run created</source>
        <translation>本次生成的单据</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Delete what this run created</source>
        <translation>删除本次生成的单据</translation>
    </message>
    <message>
        <source>Delete what this run created in {place}?</source>
        <translation>删除本次在“{place}”生成的单据？</translation>
    </message>
    <message>
        <source>Delete {n} bills</source>
        <translation>删除 {n} 张</translation>
    </message>
    <message>
        <source>In Kingdee</source>
        <translation>金蝶里的状态</translation>
    </message>
    <message>
        <source>Looking at every bill in Kingdee; nothing is changed…</source>
        <translation>正在逐张查看金蝶里的状态，不会改动任何数据…</translation>
    </message>
    <message>
        <source>Only bills that this run created and nobody has touched since can be deleted. Each is looked at once more just before. A deleted bill cannot be brought back; its source can be pushed again.</source>
        <translation>只能删除本次生成、之后没有人改动过的单据，删除前会逐张再核对一次。删掉的单据不能恢复，源单可以重新下推。</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Source bill</source>
        <translation>源单编号</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Take back submitted and approved ones first, then delete them too</source>
        <translation>已提交、已审核的，先撤销或先反审核，再一起删除</translation>
    </message>
    <message>
        <source>Target bill</source>
        <translation>目标单据</translation>
    </message>
    <message>
        <source>This run has created nothing that is still there.</source>
        <translation>本次生成的单据都已经不在了。</translation>
    </message>
    <message>
        <source>Type {n} to delete them:</source>
        <translation>请输入 {n} 确认删除：</translation>
    </message>
    <message>
        <source>What will be done</source>
        <translation>处理</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>delete</source>
        <translation>将删除</translation>
    </message>
    <message>
        <source>deleted</source>
        <translation>已删除</translation>
    </message>
    <message>
        <source>gone already</source>
        <translation>已不在</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>金蝶拒绝</translation>
    </message>
    <message>
        <source>stays: changed since</source>
        <translation>不删：被改过</translation>
    </message>
    <message>
        <source>stays: not ours</source>
        <translation>不删：不是本次的</translation>
    </message>
    <message>
        <source>stays: submitted or approved</source>
        <translation>不删：已提交审核</translation>
    </message>
    <message>
        <source>take back, delete</source>
        <translation>撤销后删除</translation>
    </message>
    <message>
        <source>{n} deleted, {left} not; the list says why.</source>
        <translation>已删除 {n} 张，还有 {left} 张没有删，原因见列表。</translation>
    </message>
    <message>
        <source>{n} deleted.</source>
        <translation>已删除 {n} 张。</translation>
    </message>
</context>
<context>
    <name>DetailPane</name>
    <message>
        <source> (MsgCode {code})</source>
        <translation>（MsgCode {code}）</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy for IT</source>
        <translation>复制给管理员</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Everything an administrator needs to look into this bill, as plain text</source>
        <translation>管理员查这张单据需要的全部内容，纯文字</translation>
    </message>
    <message>
        <source>Kingdee was asked at {time}</source>
        <translation>{time} 向金蝶查询过</translation>
    </message>
    <message>
        <source>Kingdee&apos;s own words: {text}</source>
        <translation>金蝶原文：{text}</translation>
    </message>
    <message>
        <source>Notes: {text}</source>
        <translation>备注：{text}</translation>
    </message>
    <message>
        <source>Target bills: {numbers}</source>
        <translation>目标单据：{numbers}</translation>
    </message>
    <message>
        <source>What to do ({who}): {text}</source>
        <translation>怎么办（{who}）：{text}</translation>
    </message>
    <message>
        <source>What to do: {text}</source>
        <translation>怎么办：{text}</translation>
    </message>
    <message>
        <source>Why: {text}</source>
        <translation>原因：{text}</translation>
    </message>
    <message>
        <source>no number, id {id}</source>
        <translation>没有编号，内码 {id}</translation>
    </message>
    <message>
        <source>{bill} ({state})</source>
        <translation>{bill}（{state}）</translation>
    </message>
</context>
<context>
    <name>Exporter</name>
    <message>
        <source>Auditor&apos;s report</source>
        <translation>审计报告</translation>
    </message>
    <message>
        <source>Excel workbook (*.xlsx)</source>
        <translation>Excel 工作簿 (*.xlsx)</translation>
    </message>
    <message>
        <source>Export to Excel</source>
        <translation>导出 Excel</translation>
    </message>
    <message>
        <source>Exported to {path}</source>
        <translation>已导出到 {path}</translation>
    </message>
    <message>
        <source>{wanted} is open in another program, so the export is in {path}</source>
        <translation>{wanted} 正在别的程序里打开，已另存到 {path}</translation>
    </message>
</context>
<context>
    <name>FilesPage</name>
    <message>
        <source>As usual</source>
        <translation>一般</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>数据文件夹</translation>
    </message>
    <message>
        <source>Errors only</source>
        <translation>只记错误</translation>
    </message>
    <message>
        <source>Everything, for hunting a fault</source>
        <translation>全部，查问题时用</translation>
    </message>
    <message>
        <source>Folder of the log</source>
        <translation>日志文件夹</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open: {what}</source>
        <translation>打开：{what}</translation>
    </message>
    <message>
        <source>Passwords and sessions are never written to the log.</source>
        <translation>日志里不会写入密码和登录会话。</translation>
    </message>
    <message>
        <source>Runs and results, connections and settings lie in the data folder; passwords do not.
To move it: close the program, copy the whole folder, set the environment variable {variable} to its new place, start again. Keep it on a disk of this computer, never on a network share.</source>
        <translation>下推记录、结果、登录连接和设置都在数据文件夹里，密码不在里面。
要换位置：先关闭程序，把整个文件夹复制过去，将环境变量 {variable} 设为新位置，再打开程序。请放在本机硬盘上，不要放在网络共享里。</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>警告和错误</translation>
    </message>
</context>
<context>
    <name>FillDialog</name>
    <message>
        <source>(leave out)</source>
        <translation>（不填）</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>After the push these values are filled in on the target bills and checked, field by field, before anything is submitted. Columns without a field are left out.</source>
        <translation>推完以后，先把这些内容填进目标单据，逐项核对无误，再做后面的提交。没有选字段的列不填。</translation>
    </message>
    <message>
        <source>Asking which fields the target has…</source>
        <translation>正在查询目标单据有哪些字段…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Field for column {name}</source>
        <translation>“{name}”这一列填到</translation>
    </message>
    <message>
        <source>Fill in</source>
        <translation>确定填写</translation>
    </message>
    <message>
        <source>Fill in targets</source>
        <translation>填写目标单据</translation>
    </message>
    <message>
        <source>No column has a field yet.</source>
        <translation>还没有选好要填的字段。</translation>
    </message>
    <message>
        <source>Several fields are called so, please choose: {names}</source>
        <translation>有几个同名的字段，请选一个：{names}</translation>
    </message>
    <message>
        <source>Two columns cannot go into one field: {names}</source>
        <translation>两列不能填到同一个字段：{names}</translation>
    </message>
    <message>
        <source>What goes where?</source>
        <translation>哪一列填到哪里？</translation>
    </message>
    <message>
        <source>head</source>
        <translation>单据头</translation>
    </message>
    <message>
        <source>{field} ({where})</source>
        <translation>{field}（{where}）</translation>
    </message>
</context>
<context>
    <name>FillLines</name>
    <message>
        <source>Kingdee changed {field}: {before} → {after}</source>
        <translation>金蝶顺带改了{field}：{before} → {after}</translation>
    </message>
    <message>
        <source>{field} (line {line})</source>
        <translation>{field}（第 {line} 行）</translation>
    </message>
    <message>
        <source>… and {n} more</source>
        <translation>…还有 {n} 项</translation>
    </message>
    <message>
        <source>✓ {field}: {wanted}</source>
        <translation>✓ 已填 {field}：{wanted}</translation>
    </message>
    <message>
        <source>✗ {field}: {wanted} is not in it</source>
        <translation>✗ 没有填进 {field}：{wanted}</translation>
    </message>
    <message>
        <source>✗ {field}: {wanted} is not in it, Kingdee holds “{held}”</source>
        <translation>✗ 没有填进 {field}：{wanted}，现在是“{held}”</translation>
    </message>
</context>
<context>
    <name>FillPanel</name>
    <message>
        <source> and {n} more</source>
        <translation> 等，还有 {n} 列</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>; columns left out: {n}</source>
        <translation>；另有 {n} 列不填</translation>
    </message>
    <message>
        <source>After the push these are filled in first: {names}</source>
        <translation>推完先填写：{names}</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>修改…</translation>
    </message>
    <message>
        <source>Fill in targets…</source>
        <translation>填写目标单据…</translation>
    </message>
    <message>
        <source>Push without filling in the targets</source>
        <translation>只下推，不填目标单据</translation>
    </message>
    <message>
        <source>Say which column goes into which field of the target bills</source>
        <translation>选择每一列填到目标单据的哪个字段</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>不填</translation>
    </message>
    <message>
        <source>{n} more columns can be filled in on the targets: {names}</source>
        <translation>表里还有 {n} 列可以填到目标单据：{names}</translation>
    </message>
</context>
<context>
    <name>FindConditionsPanel</name>
    <message>
        <source>Any date</source>
        <translation>不限日期</translation>
    </message>
    <message>
        <source>Any field of the bill, and of its lines</source>
        <translation>单据头和明细里的任何字段</translation>
    </message>
    <message>
        <source>Any status</source>
        <translation>不限状态</translation>
    </message>
    <message>
        <source>Bill type</source>
        <translation>单据类型</translation>
    </message>
    <message>
        <source>Choose a conversion rule first</source>
        <translation>请先选转换规则</translation>
    </message>
    <message>
        <source>Counted by the conversion rule that is chosen</source>
        <translation>按所选的转换规则计算</translation>
    </message>
    <message>
        <source>Creator</source>
        <translation>创建人</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>First day</source>
        <translation>起始日期</translation>
    </message>
    <message>
        <source>From … to …</source>
        <translation>指定日期</translation>
    </message>
    <message>
        <source>Further condition</source>
        <translation>添加条件</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>截止日期</translation>
    </message>
    <message>
        <source>Last month</source>
        <translation>上月</translation>
    </message>
    <message>
        <source>Neither closed nor cancelled</source>
        <translation>未关闭、未作废</translation>
    </message>
    <message>
        <source>Number or name</source>
        <translation>编码或名称</translation>
    </message>
    <message>
        <source>Organisation</source>
        <translation>组织</translation>
    </message>
    <message>
        <source>Something left to push</source>
        <translation>还有数量没推</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>单据状态</translation>
    </message>
    <message>
        <source>This month</source>
        <translation>本月</translation>
    </message>
    <message>
        <source>This week</source>
        <translation>本周</translation>
    </message>
    <message>
        <source>This year</source>
        <translation>今年</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
</context>
<context>
    <name>FindDialog</name>
    <message>
        <source>Add</source>
        <translation>加入列表</translation>
    </message>
    <message>
        <source>Add {n} to the list</source>
        <translation>加入列表（{n} 张）</translation>
    </message>
    <message>
        <source>Asking what this form can be searched by…</source>
        <translation>正在读取可以查找的字段…</translation>
    </message>
    <message>
        <source>Bills that were found</source>
        <translation>查到的单据</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Find bills in Kingdee</source>
        <translation>从金蝶查找单据</translation>
    </message>
    <message>
        <source>No bill meets these conditions.</source>
        <translation>没有符合条件的单据。</translation>
    </message>
    <message>
        <source>Pushed before and left out, since nobody can tell what is left of them: {n}.</source>
        <translation>有 {n} 张已经下推过，算不出还剩多少，没有列出。</translation>
    </message>
    <message>
        <source>Search in what was found</source>
        <translation>在结果中搜索</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stopped before the end: there may be more.</source>
        <translation>已停止，可能还有没查到的单据。</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>The grid takes {n} more; there are more bills than that. Narrow the conditions down.</source>
        <translation>列表只能再放 {n} 张，符合条件的不止这些，请缩小范围。</translation>
    </message>
    <message>
        <source>The server does not say which fields this form has: other fields can be typed by their keys.</source>
        <translation>服务器没有说明该单据有哪些字段，其他字段可以直接输入标识。</translation>
    </message>
    <message>
        <source>Tick all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Tick none</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>Tick what is shown</source>
        <translation>只选显示的</translation>
    </message>
    <message>
        <source>{n} bills meet the conditions, and nothing is left to push of them.</source>
        <translation>符合条件的有 {n} 张，但都没有剩余数量可以下推。</translation>
    </message>
    <message>
        <source>{n} bills, {ticked} ticked</source>
        <translation>共 {n} 张，已选 {ticked} 张</translation>
    </message>
    <message>
        <source>{n} looked at</source>
        <translation>已查 {n} 张</translation>
    </message>
    <message>
        <source>{shown} of {n} bills shown, {ticked} ticked</source>
        <translation>共 {n} 张，显示 {shown} 张，已选 {ticked} 张</translation>
    </message>
</context>
<context>
    <name>FindRow</name>
    <message>
        <source> ({entry})</source>
        <translation>（{entry}）</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>比较方式</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>No</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Number or name</source>
        <translation>编码或名称</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>at least</source>
        <translation>大于等于</translation>
    </message>
    <message>
        <source>at most</source>
        <translation>小于等于</translation>
    </message>
    <message>
        <source>begins with</source>
        <translation>开头是</translation>
    </message>
    <message>
        <source>contains</source>
        <translation>包含</translation>
    </message>
    <message>
        <source>does not contain</source>
        <translation>不包含</translation>
    </message>
    <message>
        <source>is</source>
        <translation>等于</translation>
    </message>
    <message>
        <source>is empty</source>
        <translation>为空</translation>
    </message>
    <message>
        <source>is not</source>
        <translation>不等于</translation>
    </message>
    <message>
        <source>is not empty</source>
        <translation>不为空</translation>
    </message>
    <message>
        <source>is one of</source>
        <translation>属于其中</translation>
    </message>
    <message>
        <source>less than</source>
        <translation>小于</translation>
    </message>
    <message>
        <source>more than</source>
        <translation>大于</translation>
    </message>
</context>
<context>
    <name>FirstPage</name>
    <message>
        <source>Choose</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Five-minute tour</source>
        <translation>五分钟看懂</translation>
    </message>
    <message>
        <source>It pushes bills down in Kingdee Cloud, many at a time: never one of them twice, and what became of each is always told.</source>
        <translation>在金蝶云星空里成批下推单据：同一张绝不推两次，每一张的结果都说得清。</translation>
    </message>
    <message>
        <source>Opening the practice account…</source>
        <translation>正在打开练习账套…</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Push and read</source>
        <translation>下推、看结果</translation>
    </message>
    <message>
        <source>Sign in to Kingdee…</source>
        <translation>登录金蝶…</translation>
    </message>
    <message>
        <source>The practice account lives on this computer alone, with made-up books: nothing can go wrong.</source>
        <translation>练习账套只在这台电脑上，账目都是编的，怎么推都不会影响任何人。</translation>
    </message>
    <message>
        <source>Try it on the practice account</source>
        <translation>先用练习账套试一试</translation>
    </message>
    <message>
        <source>Welcome to the Push Assistant</source>
        <translation>欢迎使用下推助手</translation>
    </message>
    <message>
        <source>every bill shows its target bill, or why not and what to do</source>
        <translation>每张单据都写明生成了哪张目标单据，没成的写明原因和怎么办</translation>
    </message>
    <message>
        <source>the bill numbers from Excel, or drag the file here</source>
        <translation>把 Excel 里的单据编号粘进来，也可以把文件拖进来</translation>
    </message>
    <message>
        <source>the form and its conversion rule, for example 采购订单 → 采购入库单</source>
        <translation>选好单据和转换规则，例如 采购订单 → 采购入库单</translation>
    </message>
</context>
<context>
    <name>FoundModel</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Already pushed to</source>
        <translation>已下推到</translation>
    </message>
    <message>
        <source>Amount</source>
        <translation>金额</translation>
    </message>
    <message>
        <source>Bill number</source>
        <translation>单据编号</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Left of total</source>
        <translation>剩余 / 总数</translation>
    </message>
    <message>
        <source>Partner</source>
        <translation>往来单位</translation>
    </message>
    <message>
        <source>{left} of {total}</source>
        <translation>{left} / {total}</translation>
    </message>
    <message>
        <source>{n} bills</source>
        <translation>共 {n} 张</translation>
    </message>
</context>
<context>
    <name>HelpDialog</name>
    <message>
        <source>About…</source>
        <translation>关于…</translation>
    </message>
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
        <source>%n run(s) of the team; colleagues&apos; are read only</source>
        <translation>
            <numerusform>团队共 %n 次下推；同事的只能查看</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) selected</source>
        <translation>
            <numerusform>选中 %n 次下推</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s), kept on this computer</source>
        <translation>
            <numerusform>共 %n 次下推，保存在本机</numerusform>
        </translation>
    </message>
    <message>
        <source>Auditor&apos;s report…</source>
        <translation>审计报告…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Colleagues&apos; runs are missing: the team&apos;s database is not reached.</source>
        <translation>连不上团队数据库，未列出同事的下推。</translation>
    </message>
    <message>
        <source>Find a bill by its number or a target&apos;s, in every run</source>
        <translation>按源单或目标单据编号，在历次下推里查找</translation>
    </message>
    <message numerus="yes">
        <source>Found %n time(s) in the runs from this computer</source>
        <translation>
            <numerusform>在本机的下推记录里找到 %n 次</numerusform>
        </translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史记录</translation>
    </message>
    <message>
        <source>No run from this computer had a bill with this number.</source>
        <translation>这台电脑没有下推过这个编号的单据。</translation>
    </message>
    <message>
        <source>No run like that; choose other filters.</source>
        <translation>没有符合条件的下推，请换个条件。</translation>
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
    <message>
        <source>Show its results; continue or retry from there</source>
        <translation>显示这一次的结果，在那里可以接着推或重试</translation>
    </message>
    <message>
        <source>The first {n}; type more of the number</source>
        <translation>只显示前 {n} 条，请再多输几位编号</translation>
    </message>
    <message>
        <source>What became of a bill? Source or target number</source>
        <translation>查单据结果：输入源单或目标单据编号</translation>
    </message>
    <message>
        <source>Who, where, when, which rule, and every step of every bill, as a workbook</source>
        <translation>谁、在哪里、什么时候、用哪条规则，每张单据的每一步，导出成工作簿</translation>
    </message>
    <message>
        <source>Writing the report…</source>
        <translation>正在写报告…</translation>
    </message>
</context>
<context>
    <name>HistoryFilters</name>
    <message>
        <source>All data centres</source>
        <translation>全部数据中心</translation>
    </message>
    <message>
        <source>All rules</source>
        <translation>全部规则</translation>
    </message>
    <message>
        <source>Any result</source>
        <translation>全部结果</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>全部时间</translation>
    </message>
    <message>
        <source>Conversion rule</source>
        <translation>转换规则</translation>
    </message>
    <message>
        <source>Data centre</source>
        <translation>数据中心</translation>
    </message>
    <message>
        <source>Everybody</source>
        <translation>全部用户</translation>
    </message>
    <message>
        <source>First day</source>
        <translation>开始日期</translation>
    </message>
    <message>
        <source>From … to …</source>
        <translation>指定日期</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>结束日期</translation>
    </message>
    <message>
        <source>Not finished</source>
        <translation>没有做完</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>To deal with</source>
        <translation>要处理</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
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
    <name>ImportDialog</name>
    <message>
        <source>All rows: {n}</source>
        <translation>全部行：{n}</translation>
    </message>
    <message>
        <source>All sheets with numbers: {n}</source>
        <translation>全部有编号的工作表：{n} 张</translation>
    </message>
    <message>
        <source>Bar |</source>
        <translation>竖线 |</translation>
    </message>
    <message>
        <source>Bill numbers from a table</source>
        <translation>从表格读取单据编号</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Chinese comma ，</source>
        <translation>中文逗号 ，</translation>
    </message>
    <message>
        <source>Chinese semicolon ；</source>
        <translation>中文分号 ；</translation>
    </message>
    <message>
        <source>Cleaned: {n}</source>
        <translation>整理过：{n}</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Column with the bill numbers</source>
        <translation>单据编号在哪一列</translation>
    </message>
    <message>
        <source>Comma ,</source>
        <translation>逗号 ,</translation>
    </message>
    <message>
        <source>Damaged: {n}</source>
        <translation>可疑：{n}</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>文字编码</translation>
    </message>
    <message>
        <source>Hidden rows as well: {n}</source>
        <translation>隐藏的 {n} 行也要</translation>
    </message>
    <message>
        <source>Left out: {n}</source>
        <translation>未取：{n}</translation>
    </message>
    <message>
        <source>More than one column might be meant. Which one holds the bill numbers?</source>
        <translation>有好几列都像，请选单据编号所在的列。</translation>
    </message>
    <message>
        <source>More than one sheet might be meant. Which one holds the bill numbers?</source>
        <translation>有好几张工作表，请选单据编号所在的那张。</translation>
    </message>
    <message>
        <source>More than one sheet or column might be meant. Which ones hold the bill numbers?</source>
        <translation>有好几张工作表、好几列都像，请选单据编号所在的工作表和列。</translation>
    </message>
    <message>
        <source>None</source>
        <translation>不分列</translation>
    </message>
    <message>
        <source>Pasted table</source>
        <translation>粘贴的表格</translation>
    </message>
    <message>
        <source>Rows to show</source>
        <translation>显示哪些行</translation>
    </message>
    <message>
        <source>Semicolon ;</source>
        <translation>分号 ;</translation>
    </message>
    <message>
        <source>Separator</source>
        <translation>分隔符</translation>
    </message>
    <message>
        <source>Sheet</source>
        <translation>工作表</translation>
    </message>
    <message>
        <source>Tab</source>
        <translation>制表符</translation>
    </message>
    <message>
        <source>Take {n} numbers</source>
        <translation>取这 {n} 个编号</translation>
    </message>
    <message>
        <source>Taken: {n}</source>
        <translation>取了：{n}</translation>
    </message>
    <message>
        <source>This is how it was read. Choose otherwise, and the rows in the grid are replaced.</source>
        <translation>刚才是这样读取的。改选以后，会替换刚才取的编号。</translation>
    </message>
    <message>
        <source>What becomes of every row</source>
        <translation>每一行怎么处理</translation>
    </message>
</context>
<context>
    <name>ImportModel</name>
    <message>
        <source>Number taken</source>
        <translation>取到的编号</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>What becomes of it</source>
        <translation>怎么处理</translation>
    </message>
</context>
<context>
    <name>ImportWords</name>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>About {n} rows; at most {most} at a time. Nothing was taken.</source>
        <translation>大约有 {n} 行，一次最多 {most} 行。这次什么都没有取。</translation>
    </message>
    <message>
        <source>Cleaned</source>
        <translation>已整理</translation>
    </message>
    <message>
        <source>Column {n}</source>
        <translation>第 {n} 列</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>可疑</translation>
    </message>
    <message>
        <source>Header</source>
        <translation>表头</translation>
    </message>
    <message>
        <source>Hidden</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Left out by you</source>
        <translation>您没有选</translation>
    </message>
    <message>
        <source>No number</source>
        <translation>没有编号</translation>
    </message>
    <message>
        <source>Page number</source>
        <translation>页码</translation>
    </message>
    <message>
        <source>Taken</source>
        <translation>取</translation>
    </message>
    <message>
        <source>Taken: {n}</source>
        <translation>取了 {n} 个编号</translation>
    </message>
    <message>
        <source>There are no bill numbers here. Nothing was taken.</source>
        <translation>这里没有单据编号，什么都没有取。</translation>
    </message>
    <message>
        <source>This kind of file tells neither hidden rows nor leading zeros and prefixes of numbers. Compare the numbers with the sheet before you take them.</source>
        <translation>这种文件不说明哪些行隐藏，也不说明编号前面的 0 和前缀，请先和原表格核对再取用。</translation>
    </message>
    <message>
        <source>This reads like a text, not like bill numbers. Nothing was taken; copy the column.</source>
        <translation>这像是一段文字，不是单据编号，什么都没有取。请只复制编号那一列。</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>Whether rows were hidden could not be told; look at the rows.</source>
        <translation>看不出有没有隐藏的行，请查看一下。</translation>
    </message>
    <message>
        <source>cells split: {n}</source>
        <translation>拆开 {n} 格</translation>
    </message>
    <message>
        <source>from column “{name}”</source>
        <translation>来自“{name}”列</translation>
    </message>
    <message>
        <source>from sheet “{name}”</source>
        <translation>来自工作表“{name}”</translation>
    </message>
    <message>
        <source>from {n} sheets</source>
        <translation>来自 {n} 张工作表</translation>
    </message>
    <message>
        <source>left out: {what}</source>
        <translation>未取：{what}</translation>
    </message>
    <message>
        <source>numbers cleaned: {n}</source>
        <translation>整理了 {n} 个编号</translation>
    </message>
    <message>
        <source>{account}. {untold}</source>
        <translation>{account}。{untold}</translation>
    </message>
    <message>
        <source>{changes}; was “{original}”</source>
        <translation>{changes}；原来是“{original}”</translation>
    </message>
</context>
<context>
    <name>LinesDialog</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Fetching the lines…</source>
        <translation>正在读取明细…</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>剩余</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行号</translation>
    </message>
    <message>
        <source>Lines of the bills</source>
        <translation>单据明细</translation>
    </message>
    <message>
        <source>Material</source>
        <translation>物料编码</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>No line of {numbers} is ticked. Take a bill out of the grid if it is not meant.</source>
        <translation>{numbers} 一行也没有勾选。不想推的单据，请从左边的列表里删除。</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>OK ({n} lines)</source>
        <translation>确定（{n} 行）</translation>
    </message>
    <message>
        <source>Only the ticked lines are pushed. Lines with nothing left have no box.</source>
        <translation>只推勾选的行；没有剩余的行不能勾选。</translation>
    </message>
    <message>
        <source>Push some lines only</source>
        <translation>按明细下推</translation>
    </message>
    <message>
        <source>Pushed</source>
        <translation>已关联</translation>
    </message>
    <message>
        <source>Quantity</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>Source bill</source>
        <translation>源单编号</translation>
    </message>
    <message>
        <source>Tick all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Tick none</source>
        <translation>全不选</translation>
    </message>
</context>
<context>
    <name>LoginDialog</name>
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
        <source>Data centre found: {name}</source>
        <translation>找到数据中心：{name}</translation>
    </message>
    <message>
        <source>Data centres found: {n}. Choose one.</source>
        <translation>找到 {n} 个数据中心，请选择。</translation>
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
        <source>The password is kept in the system&apos;s key store; the program keeps no copy of its own.</source>
        <translation>密码保存在本机的系统密钥库，程序不另存副本。</translation>
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
        <source>Your company&apos;s CA file, if it has one</source>
        <translation>公司自己的 CA 证书文件，没有就不填</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Now working in {name}.</source>
        <translation>已切换到 {name}。</translation>
    </message>
    <message>
        <source>Sign in to a data centre first.</source>
        <translation>请先登录数据中心。</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Back to one line (Esc)</source>
        <translation>收成一行（Esc）</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>关闭这条消息</translation>
    </message>
    <message>
        <source>Fold</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Read all</source>
        <translation>展开</translation>
    </message>
    <message>
        <source>Show every message in full</source>
        <translation>展开全部消息</translation>
    </message>
    <message>
        <source>{n} more</source>
        <translation>另有 {n} 条</translation>
    </message>
</context>
<context>
    <name>ModeField</name>
    <message>
        <source>Bills pushed together at most</source>
        <translation>每次最多合在一起推的张数</translation>
    </message>
    <message>
        <source>Merged</source>
        <translation>合并下推</translation>
    </message>
    <message>
        <source>One by one</source>
        <translation>逐单下推</translation>
    </message>
    <message>
        <source>One by one; none touches another</source>
        <translation>一张一张推，互不影响</translation>
    </message>
    <message>
        <source>The rule puts bills that fit together into one target bill. Where Kingdee refuses a whole batch, you are asked what to do.</source>
        <translation>按规则把能合的源单合成一张目标单据。整批被金蝶拒绝时，会停下来问您。</translation>
    </message>
    <message>
        <source>at most</source>
        <translation>每次最多</translation>
    </message>
    <message>
        <source>bills at a time</source>
        <translation>张</translation>
    </message>
</context>
<context>
    <name>NetworkPage</name>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Empty where the proxy asks for none</source>
        <translation>代理不要求登录就不填</translation>
    </message>
    <message>
        <source>Goes to the server layer by layer, as these fields say, before anything is kept</source>
        <translation>按这里填的内容逐层测试连接，不用先保存</translation>
    </message>
    <message>
        <source>Its address</source>
        <translation>代理地址</translation>
    </message>
    <message>
        <source>Its password</source>
        <translation>代理密码</translation>
    </message>
    <message>
        <source>Its user</source>
        <translation>代理用户</translation>
    </message>
    <message>
        <source>Kept; type to change it</source>
        <translation>已保存，要改就重新输入</translation>
    </message>
    <message>
        <source>None, straight to the server</source>
        <translation>不用代理，直接连服务器</translation>
    </message>
    <message>
        <source>Of one bill; merged pushes are given more by themselves, up to half an hour.</source>
        <translation>这是一张单据的时间；合并下推会自动加长，最长半小时。</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Sign in first; the sign-in has a test of its own</source>
        <translation>请先登录；登录窗口里也能测试</translation>
    </message>
    <message>
        <source>Test connection…</source>
        <translation>测试连接…</translation>
    </message>
    <message>
        <source>The password is kept in the system&apos;s key store, never in a file.</source>
        <translation>密码只存进系统密钥库，不写进文件。</translation>
    </message>
    <message>
        <source>This one:</source>
        <translation>用这个代理：</translation>
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
    <name>NextBillsLoader</name>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>Left out ({n}): {names}</source>
        <translation>没有放进来的 {n} 张：{names}</translation>
    </message>
    <message>
        <source>None of the target bills can be pushed on yet.</source>
        <translation>目标单据都还不能接着下推。</translation>
    </message>
    <message>
        <source>Push the target bills on</source>
        <translation>接着下推目标单据</translation>
    </message>
    <message>
        <source>{n} target bills are in the list; choose the rule.</source>
        <translation>已把 {n} 张目标单据放进单号表，请选择转换规则。</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>A run goes on. Stop it or let it end, then sign in elsewhere.</source>
        <translation>正在下推。请先停止或等推完，再切换登录。</translation>
    </message>
    <message>
        <source>Asking Kingdee about bills whose fate is open…</source>
        <translation>正在向金蝶查询待确认的单据…</translation>
    </message>
    <message>
        <source>Ended: {counts}, in {time}</source>
        <translation>完成：{counts}，用时 {time}</translation>
    </message>
    <message>
        <source>Fill in practice bills</source>
        <translation>填入一批练习单据</translation>
    </message>
    <message>
        <source>In its own words: {said}</source>
        <translation>原文：{said}</translation>
    </message>
    <message>
        <source>Look…</source>
        <translation>看看…</translation>
    </message>
    <message>
        <source>Needs hands {n}</source>
        <translation>要处理 {n}</translation>
    </message>
    <message>
        <source>Not finished: {n} target bills still miss their submit or approval.</source>
        <translation>未走完：有 {n} 张目标单据还没有提交或审核到位。</translation>
    </message>
    <message>
        <source>Not signed in. What is pasted and typed here stays.</source>
        <translation>未登录。这里粘贴和输入的内容都会保留。</translation>
    </message>
    <message>
        <source>Nothing to push: the check ruled out every row. The grid says why, row by row.</source>
        <translation>没有可推的单据：检查后每一行都不能推，原因见列表。</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Organisation {wanted}, used last time, was refused at the sign-in. Now in: {here}.</source>
        <translation>登录时没能进入上次的组织 {wanted}，现在在：{here}。</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Sign in again</source>
        <translation>重新登录</translation>
    </message>
    <message>
        <source>Signed in, but this server ({version}) takes signatures in the old way only (SHA-1).
Ask the administrator to bring Kingdee to PT-146911 or later.</source>
        <translation>已登录，但这台服务器（{version}）只认旧的 SHA-1 签名。
请管理员把金蝶升级到 PT-146911 以后的补丁。</translation>
    </message>
    <message>
        <source>The practice account: made-up books on this computer. Push whatever you like.</source>
        <translation>这是练习账套：账目是编的，都在这台电脑上，可以放心推。</translation>
    </message>
    <message>
        <source>Turned up late, from an earlier run: {bills}</source>
        <translation>以前没有结果的单据，后来查到了：{bills}</translation>
    </message>
    <message>
        <source>this user&apos;s default</source>
        <translation>该用户的默认组织</translation>
    </message>
    <message>
        <source>version not told</source>
        <translation>版本未知</translation>
    </message>
</context>
<context>
    <name>Notifier</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>The run has ended</source>
        <translation>下推结束</translation>
    </message>
    <message>
        <source>The run has ended; some bills need you</source>
        <translation>下推结束，有单据要处理</translation>
    </message>
    <message>
        <source>The run waits for you</source>
        <translation>下推已暂停，等您处理</translation>
    </message>
</context>
<context>
    <name>NumbersGrid</name>
    <message>
        <source>Bill numbers</source>
        <translation>单据编号</translation>
    </message>
    <message>
        <source>Clear all</source>
        <translation>全部清空</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the bill numbers in Excel and press Ctrl+V here.
Or type them, one a line, or drag a file here.</source>
        <translation>在 Excel 里复制单据编号，到这里按 Ctrl+V。
也可以直接输入，一行一个，或者把文件拖到这里。</translation>
    </message>
    <message>
        <source>Number is right</source>
        <translation>编号没错</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Push all the same</source>
        <translation>仍要下推</translation>
    </message>
    <message>
        <source>Push some lines only…</source>
        <translation>按明细下推…</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Remove rows</source>
        <translation>删除所选行</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>NumbersModel</name>
    <message>
        <source>Bill number</source>
        <translation>单据编号</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>可疑</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>Empty line: type or paste here</source>
        <translation>空行：在这里输入或粘贴</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Repeated</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>Same as row {row}, pushed once</source>
        <translation>同第 {row} 行，只推一次</translation>
    </message>
</context>
<context>
    <name>NumbersPane</name>
    <message>
        <source>Ask Kingdee which of these can be pushed; changes nothing (F5)</source>
        <translation>向金蝶查询哪些可以下推，不会改动任何东西（F5）</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>从金蝶查找…</translation>
    </message>
    <message>
        <source>Look for bills by date, partner, what is left to push, and any other field</source>
        <translation>按日期、供应商或客户、剩余数量和其他字段查找单据</translation>
    </message>
    <message>
        <source>Look or choose…</source>
        <translation>查看或改选…</translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation>粘贴编号</translation>
    </message>
    <message>
        <source>Open bill numbers</source>
        <translation>打开单据编号</translation>
    </message>
    <message>
        <source>Open sheet…</source>
        <translation>打开表格…</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Push</source>
        <translation>下推</translation>
    </message>
    <message>
        <source>Push 1 and look</source>
        <translation>先推 1 张看看</translation>
    </message>
    <message>
        <source>Push one bill alone, look at its target, then go on with the others</source>
        <translation>先单独推 1 张，看过目标单据再推其余</translation>
    </message>
    <message>
        <source>Push {n}</source>
        <translation>下推 {n} 张</translation>
    </message>
    <message>
        <source>Read workbooks (.xlsx .xls .et .ods …), .csv or .txt files; they can be dragged here as well</source>
        <translation>读 .xlsx、.xls、.et、.ods、.csv 或 .txt 文件，也可以把文件拖到这里</translation>
    </message>
    <message>
        <source>Reading was stopped. Nothing was taken.</source>
        <translation>已停止读取，一个也没有取。</translation>
    </message>
    <message>
        <source>Reading {file}…</source>
        <translation>正在读取 {file}…</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Rows taken out: {n}. Ctrl+Z brings them back.</source>
        <translation>已清空 {n} 行，按 Ctrl+Z 可以恢复。</translation>
    </message>
    <message>
        <source>Rows {n}</source>
        <translation>共 {n} 行</translation>
    </message>
    <message>
        <source>See every row and what became of it; choose another column or sheet, or hidden rows</source>
        <translation>看每一行怎么处理的，也可以改选列、工作表，或加上隐藏的行</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop reading; nothing is taken</source>
        <translation>停止读取，什么也不取</translation>
    </message>
    <message>
        <source>Take every row out; Ctrl+Z brings them back</source>
        <translation>清空所有行，按 Ctrl+Z 可以恢复</translation>
    </message>
    <message>
        <source>Take the numbers on the clipboard (Ctrl+V)</source>
        <translation>读入剪贴板里的编号（Ctrl+V）</translation>
    </message>
    <message>
        <source>Workbooks and text (*.xlsx *.xlsm *.xls *.xlsb *.et *.ods *.csv *.txt);;All files (*)</source>
        <translation>表格和文本 (*.xlsx *.xlsm *.xls *.xlsb *.et *.ods *.csv *.txt);;所有文件 (*)</translation>
    </message>
    <message>
        <source>{n} files</source>
        <translation>{n} 个文件</translation>
    </message>
</context>
<context>
    <name>OptionsDialog</name>
    <message>
        <source>A draft has no number and does not use up the quantity of its source, so Kingdee would let the same bill be pushed again. Every draft must be finished or deleted by hand; the results show them under Needs hands.</source>
        <translation>暂存单没有编号，也不占源单的数量，金蝶会允许同一张单据再推一次。每张暂存单都要手工补全或删除，结果里的“要处理”会列出来。</translation>
    </message>
    <message>
        <source>A parameter has a value ({key}) but no name.</source>
        <translation>有一个参数有值（{key}），但没有名称。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Fetching the organisations…</source>
        <translation>正在读取组织…</translation>
    </message>
    <message>
        <source>Internal id of the target organisation</source>
        <translation>目标组织内码</translation>
    </message>
    <message>
        <source>Keep a draft when saving fails</source>
        <translation>保存失败时留下暂存单</translation>
    </message>
    <message>
        <source>More options</source>
        <translation>更多选项</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Only where whoever wrote the plug-in asks for them; they are handed on untouched.</source>
        <translation>只有插件的开发人员要求时才填，会原样传给插件。</translation>
    </message>
    <message>
        <source>Parameters for the conversion plug-in</source>
        <translation>传给转换插件的参数</translation>
    </message>
    <message>
        <source>Target bill type (id)</source>
        <translation>目标单据类型（内码）</translation>
    </message>
    <message>
        <source>Target organisation</source>
        <translation>目标组织</translation>
    </message>
    <message>
        <source>The parameter {key} is there twice.</source>
        <translation>参数 {key} 重复了。</translation>
    </message>
    <message>
        <source>The parameter {key} is too long.</source>
        <translation>参数 {key} 太长。</translation>
    </message>
    <message>
        <source>These options are kept with the form and the rule for the next time.</source>
        <translation>这些选项按单据和规则记住，下次自动带出。</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>as the rule decides</source>
        <translation>由规则决定</translation>
    </message>
    <message>
        <source>id {id}</source>
        <translation>内码 {id}</translation>
    </message>
</context>
<context>
    <name>OptionsField</name>
    <message>
        <source>Drafts are kept when saving fails; each must be dealt with by hand.</source>
        <translation>保存失败时会留下暂存单据，每张都要手工处理。</translation>
    </message>
    <message>
        <source>More options</source>
        <translation>更多选项</translation>
    </message>
    <message>
        <source>More options ({n})</source>
        <translation>更多选项（{n}）</translation>
    </message>
    <message>
        <source>Target organisation, bill type, drafts, parameters</source>
        <translation>目标组织、单据类型、暂存、参数</translation>
    </message>
</context>
<context>
    <name>OrganisationField</name>
    <message>
        <source>Organisation</source>
        <translation>组织</translation>
    </message>
    <message>
        <source>Organisation: {name}</source>
        <translation>组织：{name}</translation>
    </message>
    <message>
        <source>Organisation: {name}. Choose another one to work there.</source>
        <translation>组织：{name}，可以在这里切换</translation>
    </message>
    <message>
        <source>organisation not told</source>
        <translation>组织未知</translation>
    </message>
</context>
<context>
    <name>PlanField</name>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>About the plan “{name}”: {what}</source>
        <translation>方案“{name}”：{what}</translation>
    </message>
    <message>
        <source>Bills that have targets already are pushed again</source>
        <translation>已经下推过的单据也再次下推</translation>
    </message>
    <message>
        <source>Bills: {origin}</source>
        <translation>单据来源：{origin}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Delete plan</source>
        <translation>删除方案</translation>
    </message>
    <message>
        <source>Delete the plan “{name}”?</source>
        <translation>删除方案“{name}”？</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Drafts are kept where saving fails</source>
        <translation>保存失败时留下暂存单</translation>
    </message>
    <message>
        <source>Export plan</source>
        <translation>导出方案</translation>
    </message>
    <message>
        <source>Exported to {path}.</source>
        <translation>已导出到 {path}。</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Fetch its bills</source>
        <translation>取单据</translation>
    </message>
    <message>
        <source>Form: {form}</source>
        <translation>源单：{form}</translation>
    </message>
    <message>
        <source>Import plan</source>
        <translation>导入方案</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Made for: {where}</source>
        <translation>适用于：{where}</translation>
    </message>
    <message>
        <source>Name of the plan</source>
        <translation>方案名称</translation>
    </message>
    <message>
        <source>No plan</source>
        <translation>不用方案</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>方案</translation>
    </message>
    <message>
        <source>Plans (*.toml)</source>
        <translation>方案 (*.toml)</translation>
    </message>
    <message>
        <source>Rename plan</source>
        <translation>重命名方案</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Rule: {rule}</source>
        <translation>转换规则：{rule}</translation>
    </message>
    <message>
        <source>Runs and bills stay as they are.</source>
        <translation>下推记录和单据都不受影响。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Save plan</source>
        <translation>保存方案</translation>
    </message>
    <message>
        <source>Save, rename, export plans</source>
        <translation>保存、重命名、导出方案</translation>
    </message>
    <message>
        <source>Search or read the list as the plan says</source>
        <translation>按方案查找单据或读取名单文件</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Take over the plan “{name}”?</source>
        <translation>导入方案“{name}”？</translation>
    </message>
    <message>
        <source>Then approve too</source>
        <translation>下推后提交并审核</translation>
    </message>
    <message>
        <source>Then submit</source>
        <translation>下推后提交</translation>
    </message>
    <message>
        <source>it was made for the data centre {name}</source>
        <translation>它是为数据中心 {name} 建的</translation>
    </message>
</context>
<context>
    <name>PreviewDialog</name>
    <message>
        <source>Amount</source>
        <translation>金额</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Is this target bill right?</source>
        <translation>这张目标单据对吗？</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Open it in Kingdee as well if you are not sure. If something is wrong, stop, delete it there or under More, and ask whoever keeps the conversion rule.</source>
        <translation>拿不准时，请在金蝶里打开看一眼。不对就停在这里，用“更多”里的删除功能删掉它，再找维护转换规则的人。</translation>
    </message>
    <message>
        <source>Organisation</source>
        <translation>组织</translation>
    </message>
    <message>
        <source>Period</source>
        <translation>期间</translation>
    </message>
    <message>
        <source>Quantity</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>没问题</translation>
    </message>
    <message>
        <source>Right, push the other {n}</source>
        <translation>没问题，推其余 {n} 张</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Stop here</source>
        <translation>停在这里</translation>
    </message>
    <message>
        <source>The bill falls into {month}, today is {today}. Is that the period you want?</source>
        <translation>这张单据记在 {month}，今天是 {today}，期间对吗？</translation>
    </message>
    <message>
        <source>The first bill</source>
        <translation>先推的 1 张</translation>
    </message>
    <message>
        <source>The others are not pushed; they can be later</source>
        <translation>其余的不推，以后可以接着推</translation>
    </message>
    <message>
        <source>{source} was pushed alone and became {target}.</source>
        <translation>{source} 已单独下推，生成了 {target}。</translation>
    </message>
</context>
<context>
    <name>ProgressLine</name>
    <message>
        <source>Checking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Send nothing new; what was sent is waited for</source>
        <translation>不再发送新的，已发出的会等结果</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Submitting and approving {n} / {total}</source>
        <translation>提交审核 {n} / {total}</translation>
    </message>
    <message>
        <source>Submitting and approving…</source>
        <translation>正在提交审核…</translation>
    </message>
    <message>
        <source>The bill that is on its way is still waited for.</source>
        <translation>已发出的那一张还在等结果。</translation>
    </message>
    <message>
        <source>about {n} min left</source>
        <translation>还需约 {n} 分钟</translation>
    </message>
    <message>
        <source>about {n} s left</source>
        <translation>还需约 {n} 秒</translation>
    </message>
    <message>
        <source>{n} a minute</source>
        <translation>每分钟 {n} 张</translation>
    </message>
</context>
<context>
    <name>PushConfirmation</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Bills</source>
        <translation>张数</translation>
    </message>
    <message>
        <source>Data centre</source>
        <translation>数据中心</translation>
    </message>
    <message>
        <source>Date of the targets</source>
        <translation>目标单据日期</translation>
    </message>
    <message>
        <source>Drafts are kept where saving fails; each must be dealt with by hand.</source>
        <translation>保存失败时会留下暂存单，每张都要手工处理。</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>单据类型</translation>
    </message>
    <message>
        <source>How</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>Organisation</source>
        <translation>组织</translation>
    </message>
    <message>
        <source>Push again</source>
        <translation>再次下推</translation>
    </message>
    <message>
        <source>Push {n}</source>
        <translation>下推 {n} 张</translation>
    </message>
    <message>
        <source>Push {n} again?</source>
        <translation>再次下推这 {n} 张？</translation>
    </message>
    <message>
        <source>Push {n} in a production data centre?</source>
        <translation>在正式数据中心下推 {n} 张？</translation>
    </message>
    <message>
        <source>Push {n}?</source>
        <translation>下推 {n} 张？</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Retry the {n} failed?</source>
        <translation>重试失败的 {n} 张？</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标单据</translation>
    </message>
    <message>
        <source>The check says</source>
        <translation>检查结果</translation>
    </message>
    <message>
        <source>The server&apos;s default rule</source>
        <translation>服务器的默认规则</translation>
    </message>
    <message>
        <source>The target bills are submitted and approved at once.</source>
        <translation>目标单据会马上提交并审核。</translation>
    </message>
    <message>
        <source>These have target bills by this rule already. Right for part deliveries; anything else doubles them.</source>
        <translation>用这条规则已经生成过目标单据。分批下推可以继续，否则会重复。</translation>
    </message>
    <message>
        <source>This rule has not been used in this data centre from this PC before.</source>
        <translation>这台电脑还没有在这个数据中心用过这条规则。</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>also the {n} of which Kingdee held nothing when asked</source>
        <translation>包括查询时没有生成的 {n} 张</translation>
    </message>
    <message>
        <source>and {n} more; the results say all of them</source>
        <translation>还有 {n} 处，结果里逐张写明</translation>
    </message>
    <message>
        <source>merged, up to {n} bills together</source>
        <translation>合并下推，每次最多 {n} 张</translation>
    </message>
    <message>
        <source>one bill alone first, for you to look at</source>
        <translation>先推 1 张给您看</translation>
    </message>
    <message>
        <source>one by one</source>
        <translation>逐单下推</translation>
    </message>
    <message>
        <source>then fill in</source>
        <translation>然后填写</translation>
    </message>
    <message>
        <source>then submit</source>
        <translation>推完提交</translation>
    </message>
    <message>
        <source>then submit and approve</source>
        <translation>推完提交并审核</translation>
    </message>
    <message>
        <source>{date}, as the last one looked at</source>
        <translation>{date}（按上次看到的目标单据）</translation>
    </message>
    <message>
        <source>{n} bills are not pushed: their values cannot be filled in.</source>
        <translation>有 {n} 张不推：要填的内容填不进去。</translation>
    </message>
    <message>
        <source>{n} fewer than the button said: the check ruled them out. Each row says why.</source>
        <translation>检查发现有 {n} 张不能推，已经去掉，原因见左边每一行。</translation>
    </message>
    <message>
        <source>{n} of these have target bills by this rule already. Right for part deliveries; anything else doubles them.</source>
        <translation>其中 {n} 张按这条规则已有目标单据。分批收货、分批开票是正常的；不是分批，就会重复。</translation>
    </message>
</context>
<context>
    <name>ReadinessDialog</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Everything that can be seen from here is in order.</source>
        <translation>能查到的项目都正常。</translation>
    </message>
    <message>
        <source>Export for IT…</source>
        <translation>导出给管理员…</translation>
    </message>
    <message>
        <source>It can be used; {n} things are worth knowing.</source>
        <translation>可以用；有 {n} 项请留意。</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>Looking around; this takes some thirty small questions…</source>
        <translation>正在检查，大约要查询三十项…</translation>
    </message>
    <message>
        <source>Readiness</source>
        <translation>准备情况</translation>
    </message>
    <message>
        <source>Report (*.json)</source>
        <translation>报告 (*.json)</translation>
    </message>
    <message>
        <source>The report with every raw answer, passwords masked, as a file</source>
        <translation>把报告和金蝶的全部回复（密码已隐去）存成文件</translation>
    </message>
    <message>
        <source>What this account can see and do with {form}, rule {rule}. Only reads; nothing is changed.</source>
        <translation>查看当前账号对 {form}、规则 {rule} 能查什么、能做什么。只查询，不改动任何数据。</translation>
    </message>
    <message>
        <source>Written to {path}</source>
        <translation>已存到 {path}</translation>
    </message>
    <message>
        <source>by default</source>
        <translation>默认规则</translation>
    </message>
    <message>
        <source>{do} Who: {who}</source>
        <translation>{do} 找：{who}</translation>
    </message>
    <message>
        <source>{n} things must be put right before this rule is used.</source>
        <translation>有 {n} 项要先处理，再用这条规则。</translation>
    </message>
</context>
<context>
    <name>ReasonDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Why? (kept in the journal with your name)</source>
        <translation>原因是什么？（会和您的姓名一起写进记录）</translation>
    </message>
</context>
<context>
    <name>ResultsBanner</name>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Look at it…</source>
        <translation>看目标单据…</translation>
    </message>
    <message>
        <source>Not sent yet: {n}</source>
        <translation>还有 {n} 张没有下推</translation>
    </message>
    <message>
        <source>One bill was pushed: {number}. Look at it, then push the others or stop.</source>
        <translation>已先推 1 张，生成了 {number}。看过以后再决定推不推其余的。</translation>
    </message>
    <message>
        <source>Paused: {what}</source>
        <translation>已暂停：{what}</translation>
    </message>
    <message>
        <source>Push none of them</source>
        <translation>全部不推</translation>
    </message>
    <message>
        <source>Push the other {n}</source>
        <translation>推其余 {n} 张</translation>
    </message>
    <message>
        <source>Push the other {n} and submit</source>
        <translation>推其余 {n} 张并提交</translation>
    </message>
    <message>
        <source>Push the other {n}, submit and approve</source>
        <translation>推其余 {n} 张并提交审核</translation>
    </message>
    <message>
        <source>Push the others</source>
        <translation>没问题，推其余的</translation>
    </message>
    <message>
        <source>Split and find out</source>
        <translation>拆开逐张查</translation>
    </message>
    <message>
        <source>These results are from another data centre; nothing can be pushed from here.</source>
        <translation>这是另一个数据中心的结果，在这里不能继续下推。</translation>
    </message>
</context>
<context>
    <name>ResultsModel</name>
    <message>
        <source>Asking Kingdee, {clock} left: {reason}</source>
        <translation>正在向金蝶查询，还需 {clock}&#x3000;{reason}</translation>
    </message>
    <message>
        <source>Explanation</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Source bill</source>
        <translation>源单编号</translation>
    </message>
    <message>
        <source>Target bill</source>
        <translation>目标单据</translation>
    </message>
</context>
<context>
    <name>ResultsPane</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>All rows with targets, reasons and advice</source>
        <translation>所有行，带目标单据、原因和建议</translation>
    </message>
    <message>
        <source>Ask Kingdee</source>
        <translation>向金蝶查询</translation>
    </message>
    <message>
        <source>Ask now what became of the unsettled bills (F5)</source>
        <translation>现在就查询待确认的单据（F5）</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Delete what this run created…</source>
        <translation>删除本次生成的单据…</translation>
    </message>
    <message>
        <source>Export to Excel</source>
        <translation>导出 Excel</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>More that can be done with these results</source>
        <translation>对这些结果的更多操作</translation>
    </message>
    <message>
        <source>Needs hands</source>
        <translation>要处理</translation>
    </message>
    <message>
        <source>No bill here.</source>
        <translation>这里没有单据。</translation>
    </message>
    <message>
        <source>No bill with this number here.
Press Enter to look in every run.</source>
        <translation>这里没有这个编号。
按回车，在全部历史里查找。</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>Push the target bills on…</source>
        <translation>接着下推目标单据…</translation>
    </message>
    <message>
        <source>Push {n} again…</source>
        <translation>再次下推 {n} 张…</translation>
    </message>
    <message>
        <source>Pushed</source>
        <translation>成功</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Results are kept; find them in the history at any time</source>
        <translation>结果已保存，随时可在历史记录中找到</translation>
    </message>
    <message>
        <source>Retry the {n} failed…</source>
        <translation>重试失败的 {n} 张…</translation>
    </message>
    <message>
        <source>Retry…</source>
        <translation>重试…</translation>
    </message>
    <message>
        <source>Settle by hand…</source>
        <translation>手工确认…</translation>
    </message>
    <message>
        <source>Submits and approvals not finished…</source>
        <translation>未走完的提交审核…</translation>
    </message>
    <message>
        <source>The result column to paste beside your list, whole rows, or numbers</source>
        <translation>结果列（贴回清单旁边）、整行或编号</translation>
    </message>
    <message>
        <source>What becomes of every bill appears here:
its target bill, or why not and what to do.</source>
        <translation>每张单据的结果会显示在这里：
生成了哪张目标单据，或者为什么没有、该怎么办。</translation>
    </message>
    <message>
        <source>Which results are shown</source>
        <translation>显示哪些结果</translation>
    </message>
    <message>
        <source>You looked in Kingdee: say what became of it</source>
        <translation>您在金蝶里查过了：记下结果</translation>
    </message>
    <message>
        <source>{n} more bills became the same target bill: {numbers}</source>
        <translation>另有 {n} 张合进了同一张目标单据：{numbers}</translation>
    </message>
</context>
<context>
    <name>RuleField</name>
    <message>
        <source>Choose a rule, or type its id</source>
        <translation>选择规则，或输入规则编号</translation>
    </message>
    <message>
        <source>Fetching the rules…</source>
        <translation>正在读取规则…</translation>
    </message>
    <message>
        <source>The rules could not be fetched ({why}); those of the catalogue are shown.</source>
        <translation>没有取到服务器的规则（{why}），下面是目录里的规则。</translation>
    </message>
    <message>
        <source>The server lists no such rule for this form: check its id.</source>
        <translation>服务器为这个单据列出的规则里没有它，请核对规则编号。</translation>
    </message>
    <message>
        <source>The server&apos;s default rule</source>
        <translation>服务器的默认规则</translation>
    </message>
    <message>
        <source>This rule is hidden in Kingdee: pushes by it may be refused (运行时不允许加载). Ask the administrator, or choose another rule.</source>
        <translation>这条规则在金蝶里设为不可见，下推可能被拒绝（运行时不允许加载）。请管理员核对，或换一条规则。</translation>
    </message>
    <message>
        <source>This rule is switched off in Kingdee: pushes by it are refused (运行时不允许加载). Ask the administrator to switch it on, or choose another rule.</source>
        <translation>这条规则在金蝶里已禁用，下推会被拒绝（运行时不允许加载）。请管理员启用它，或换一条规则。</translation>
    </message>
    <message>
        <source>catalogue</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>不可见</translation>
    </message>
    <message>
        <source>switched off</source>
        <translation>已停用</translation>
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
        <source>2 or 3 are faster, where the server bears it; merged pushes go one by one.</source>
        <translation>2 或 3 会更快，但服务器要承受得住；合并下推始终一次一个。</translation>
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
        <source>Connections…</source>
        <translation>登录连接…</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Data centres</source>
        <translation>数据中心</translation>
    </message>
    <message>
        <source>Defaults</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>Files and log</source>
        <translation>文件与日志</translation>
    </message>
    <message>
        <source>General</source>
        <translation>常规</translation>
    </message>
    <message>
        <source>How long Kingdee is asked before a bill counts as not created.</source>
        <translation>查询这么久仍没有，才算“未生成”。</translation>
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
        <source>Longer: the server may still be at work. A slow rule is given more by itself.</source>
        <translation>应设长一些：服务器可能还在处理。规则慢时会自动加长。</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Names, labels and colours of data centres</source>
        <translation>数据中心的名称、用途和颜色</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Pages of the settings</source>
        <translation>设置的各页</translation>
    </message>
    <message>
        <source>Pushing</source>
        <translation>下推</translation>
    </message>
    <message>
        <source>Readiness…</source>
        <translation>准备情况…</translation>
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
        <source>Team</source>
        <translation>团队</translation>
    </message>
    <message>
        <source>What this account can do with the chosen rule</source>
        <translation>这个账号按所选规则能做什么</translation>
    </message>
</context>
<context>
    <name>SettleDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>How do you know? (kept in the journal with your name)</source>
        <translation>依据是什么？（会和您的姓名一起写进记录）</translation>
    </message>
    <message>
        <source>It was pushed: Kingdee holds a target bill of it</source>
        <translation>已生成：金蝶里有它的目标单据</translation>
    </message>
    <message>
        <source>Keep this result</source>
        <translation>保存这个结果</translation>
    </message>
    <message>
        <source>Nothing came of it: there is no target bill; it may be pushed again</source>
        <translation>没有生成：金蝶里没有目标单据，可以重新下推</translation>
    </message>
    <message>
        <source>Only a draft is there</source>
        <translation>只有暂存单</translation>
    </message>
    <message>
        <source>Settle by hand</source>
        <translation>手工确认</translation>
    </message>
    <message>
        <source>What became of {number}?</source>
        <translation>{number} 的结果是什么？</translation>
    </message>
    <message>
        <source>for example: looked at 下查, target CGRK000231 is there</source>
        <translation>例如：在金蝶里下查，有目标单据 CGRK000231</translation>
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
    <name>TeamDialog</name>
    <message>
        <source>Ask Kingdee</source>
        <translation>向金蝶查询</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Just now</source>
        <translation>当前</translation>
    </message>
    <message>
        <source>Not signed in</source>
        <translation>未登录</translation>
    </message>
    <message>
        <source>PC</source>
        <translation>电脑</translation>
    </message>
    <message>
        <source>Pushing {count}</source>
        <translation>正在推 {count} 张</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>启动时间</translation>
    </message>
    <message>
        <source>Team</source>
        <translation>团队</translation>
    </message>
    <message>
        <source>This PC finds out what became of them</source>
        <translation>由本机查清这些单的结果</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Who is there</source>
        <translation>在线成员</translation>
    </message>
    <message>
        <source>{user} (this PC)</source>
        <translation>{user}（本机）</translation>
    </message>
</context>
<context>
    <name>TeamPage</name>
    <message>
        <source>Asking…</source>
        <translation>正在查询…</translation>
    </message>
    <message>
        <source>Certificate file</source>
        <translation>证书文件</translation>
    </message>
    <message>
        <source>Database</source>
        <translation>数据库</translation>
    </message>
    <message>
        <source>Do not verify the certificate</source>
        <translation>加密但不校验证书</translation>
    </message>
    <message>
        <source>Empty: the usual ones</source>
        <translation>空着用系统自带的</translation>
    </message>
    <message>
        <source>Encryption</source>
        <translation>加密连接</translation>
    </message>
    <message>
        <source>Host and port</source>
        <translation>主机和端口</translation>
    </message>
    <message>
        <source>Its name</source>
        <translation>库名</translation>
    </message>
    <message>
        <source>Kept; type to change it</source>
        <translation>已保存；要改请重新输入</translation>
    </message>
    <message>
        <source>Layer by layer, as these fields say</source>
        <translation>按这里的填写逐层测试</translation>
    </message>
    <message>
        <source>Make tables</source>
        <translation>建表</translation>
    </message>
    <message>
        <source>No encryption</source>
        <translation>不加密</translation>
    </message>
    <message>
        <source>None: this PC works by itself</source>
        <translation>不用：本机单独使用</translation>
    </message>
    <message>
        <source>Once for the whole team, by who may</source>
        <translation>全团队只需建一次，由有权限的人操作</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>SQL Server (not tested)</source>
        <translation>SQL Server（未经测试）</translation>
    </message>
    <message>
        <source>Several PCs that share one ledger never push one bill at the same time.</source>
        <translation>多台电脑共用一本记录，同一张单不会两人同时推。</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>The password is kept in the system&apos;s key store, never in a file.</source>
        <translation>密码保存在系统的密码库里，不写入文件。</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Verify, and use no other</source>
        <translation>必须加密并校验</translation>
    </message>
    <message>
        <source>Verify, where the server offers it</source>
        <translation>服务器支持时加密并校验</translation>
    </message>
    <message>
        <source>Your administrator has set this; it cannot be changed here.</source>
        <translation>管理员已统一设置，这里不能修改。</translation>
    </message>
</context>
<context>
    <name>TeamSign</name>
    <message>
        <source>Team · not reached</source>
        <translation>团队 · 连不上</translation>
    </message>
    <message>
        <source>Team · {count}</source>
        <translation>团队 · {count} 人</translation>
    </message>
    <message>
        <source>Team · …</source>
        <translation>团队 · …</translation>
    </message>
    <message>
        <source>Who is there, and what they are pushing just now</source>
        <translation>谁在线、正在推什么</translation>
    </message>
    <message>
        <source>{team} · {count} to settle</source>
        <translation>{team} · {count} 张待核实</translation>
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
        <translation>查找编号</translation>
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
        <source>Sign in</source>
        <translation>登录</translation>
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
    <message>
        <source>While you type: in the results below. Enter: what became of this bill, in every run</source>
        <translation>输入时在下面的结果里查找；按回车，查这张单据历次下推的结果</translation>
    </message>
</context>
<context>
    <name>TotalsLine</name>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>Compare: adding up…</source>
        <translation>核对：正在合计…</translation>
    </message>
    <message>
        <source>Compare: {counted}; {why}</source>
        <translation>核对：{counted}；{why}</translation>
    </message>
    <message>
        <source>Compare: {sums}</source>
        <translation>核对：{sums}</translation>
    </message>
    <message>
        <source>amount</source>
        <translation>金额</translation>
    </message>
    <message>
        <source>quantity</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>{name} {n}, equal</source>
        <translation>{name} {n} 一致</translation>
    </message>
    <message>
        <source>{name} {one} against {other}, off by {difference}</source>
        <translation>{name} 源单 {one}、目标 {other}，差 {difference}</translation>
    </message>
    <message>
        <source>{n} sources → {m} targets</source>
        <translation>源单 {n} 张 → 目标 {m} 张</translation>
    </message>
</context>
<context>
    <name>UnfinishedDialog</name>
    <message>
        <source> and {n} more</source>
        <translation> 等，另 {n} 张</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Carry on</source>
        <translation>接着办</translation>
    </message>
    <message>
        <source>Close the {n} selected…</source>
        <translation>关闭所选的 {n} 张…</translation>
    </message>
    <message>
        <source>Close them</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close {n} by hand?</source>
        <translation>手工关闭 {n} 张？</translation>
    </message>
    <message>
        <source>Close…</source>
        <translation>关闭…</translation>
    </message>
    <message>
        <source>Go on unfilled</source>
        <translation>没填也接着做</translation>
    </message>
    <message>
        <source>Go on unfilled with {n}…</source>
        <translation>{n} 张没填也接着做…</translation>
    </message>
    <message>
        <source>Go on with {n} that are not filled in?</source>
        <translation>{n} 张还没有填好，也接着做？</translation>
    </message>
    <message>
        <source>Not finished</source>
        <translation>未走完</translation>
    </message>
    <message>
        <source>Nothing is left to finish here.</source>
        <translation>都走完了，没有要处理的。</translation>
    </message>
    <message>
        <source>Reading the journal…</source>
        <translation>正在读取记录…</translation>
    </message>
    <message>
        <source>Source bill</source>
        <translation>源单编号</translation>
    </message>
    <message>
        <source>State</source>
        <translation>现在状态</translation>
    </message>
    <message>
        <source>Submit all the same, though not every value is in the bill</source>
        <translation>内容没有填全，也照样提交</translation>
    </message>
    <message>
        <source>Target bill</source>
        <translation>目标单据</translation>
    </message>
    <message>
        <source>These target bills exist, but filling in, submit or approval is missing. Carry on looks at each in Kingdee first and does only what is missing. Close those that you see to yourself.</source>
        <translation>这些目标单据已经生成，但还没有填好、提交或审核。接着做会先在金蝶里逐张看过，只做没做完的。您自己处理的，请关闭。</translation>
    </message>
    <message>
        <source>They are submitted at the next carry on although values are missing; each missing value stays in the results.</source>
        <translation>下次接着做时会提交它们，虽然内容没有填全；缺的每一项都会留在结果里。</translation>
    </message>
    <message>
        <source>They leave this list and are not carried on with; nothing changes in Kingdee.</source>
        <translation>关闭后不再列在这里，程序也不再处理；金蝶里不会有任何变化。</translation>
    </message>
    <message>
        <source>Wanted</source>
        <translation>要做到</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>fill in</source>
        <translation>填写</translation>
    </message>
    <message>
        <source>open</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>submit</source>
        <translation>提交</translation>
    </message>
    <message>
        <source>submit and approve</source>
        <translation>提交并审核</translation>
    </message>
    <message>
        <source>the run was stopped or cut off before</source>
        <translation>上次停止或中断了，还没轮到</translation>
    </message>
</context>
<context>
    <name>UnfinishedStrip</name>
    <message>
        <source>Carry on</source>
        <translation>接着办</translation>
    </message>
    <message>
        <source>Looks at each bill in Kingdee first</source>
        <translation>会先逐张看金蝶里的状态，只补没做的那一步</translation>
    </message>
    <message>
        <source>Look…</source>
        <translation>看看…</translation>
    </message>
    <message>
        <source>Not finished: {n} bills were pushed, but submit or approval is missing.</source>
        <translation>未走完：{n} 张已经下推，但还没有提交或审核到位。</translation>
    </message>
    <message>
        <source>See why, or close them with a reason</source>
        <translation>看原因，或写明原因后关闭</translation>
    </message>
</context>
<context>
    <name>_NumberDelegate</name>
    <message>
        <source>Bill number</source>
        <translation>单据编号</translation>
    </message>
</context>
</TS>
