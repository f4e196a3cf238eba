-- Rights of the team's ledger on SQL Server (2016 or newer). To be run once by the administrator. Not tested here.
-- 1. As the administrator: a database of its own beside the company's others, and the logins.
CREATE DATABASE kdgui;
CREATE LOGIN kdgui_owner WITH PASSWORD = 'change-this-owner';
CREATE LOGIN kdgui WITH PASSWORD = 'change-this-user';
-- 2. In the database kdgui:
CREATE USER kdgui_owner FOR LOGIN kdgui_owner;
CREATE USER kdgui FOR LOGIN kdgui;
ALTER ROLE db_owner ADD MEMBER kdgui_owner;
-- 3. Make the tables as the owner: kdgui team init, with
--    KDGUI_TEAM_URL=mssql://kdgui_owner@HOST/kdgui
-- 4. In the database kdgui: what the PCs may do, and nothing else.
GRANT SELECT ON kdgui_info TO kdgui;
GRANT SELECT, INSERT, UPDATE ON kdgui_stations TO kdgui;
GRANT SELECT, INSERT, UPDATE ON kdgui_claims TO kdgui;
GRANT SELECT, INSERT, UPDATE ON kdgui_takeovers TO kdgui;
GRANT SELECT, INSERT, UPDATE ON kdgui_runs TO kdgui;
GRANT SELECT, INSERT, UPDATE ON kdgui_rows TO kdgui;
GRANT SELECT, INSERT, DELETE ON kdgui_numbers TO kdgui;
