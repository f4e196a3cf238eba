<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en_US">
<context>
    <name>ConnectionTestDialog</name>
    <message numerus="yes">
        <source>%n data centre(s)</source>
        <translation>
            <numerusform>%n data centre</numerusform>
            <numerusform>%n data centres</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryDialog</name>
    <message numerus="yes">
        <source>%n run(s) of the team; colleagues&apos; are read only</source>
        <translation>
            <numerusform>%n run of the team; colleagues&apos; are read only</numerusform>
            <numerusform>%n runs of the team; colleagues&apos; are read only</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) selected</source>
        <translation>
            <numerusform>%n run selected</numerusform>
            <numerusform>%n runs selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s), kept on this computer</source>
        <translation>
            <numerusform>%n run, kept on this computer</numerusform>
            <numerusform>%n runs, kept on this computer</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Found %n time(s) in the runs from this computer</source>
        <translation>
            <numerusform>Found once in the runs from this computer</numerusform>
            <numerusform>Found %n times in the runs from this computer</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryModel</name>
    <message numerus="yes">
        <source>%n alarm(s)</source>
        <translation>
            <numerusform>%n alarm</numerusform>
            <numerusform>%n alarms</numerusform>
        </translation>
    </message>
</context>
</TS>
