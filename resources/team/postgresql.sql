-- Rights of the team's ledger on PostgreSQL (12 or newer). To be run once by the administrator.
-- 1. As the administrator: a database, its owner who makes the tables, and the role that the PCs use.
--    Put in passwords of your own.
CREATE ROLE kdgui_owner LOGIN PASSWORD 'change-this-owner';
CREATE ROLE kdgui LOGIN PASSWORD 'change-this-user';
CREATE DATABASE kdgui OWNER kdgui_owner;
REVOKE ALL ON DATABASE kdgui FROM PUBLIC;
GRANT CONNECT ON DATABASE kdgui TO kdgui;
-- 2. Make the tables as the owner: kdgui team init, with
--    KDGUI_TEAM_URL=postgresql://kdgui_owner@HOST/kdgui
-- 3. In the database kdgui, as its owner: what the PCs may do, and nothing else.
GRANT USAGE ON SCHEMA public TO kdgui;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT SELECT ON kdgui_info TO kdgui;
GRANT SELECT, INSERT, UPDATE ON kdgui_stations, kdgui_claims, kdgui_takeovers, kdgui_runs, kdgui_rows TO kdgui;
GRANT SELECT, INSERT, DELETE ON kdgui_numbers TO kdgui;
