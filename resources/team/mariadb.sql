-- Rights of the team's ledger on MariaDB (10.5 or newer) or MySQL (8 or newer). To be run once by the administrator.
-- 1. As the administrator: a database, its owner who makes the tables, and the user that the PCs use.
--    Put in passwords of your own; '%' may be narrowed to the company's network, '10.1.%' for example.
CREATE DATABASE kdgui CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE USER 'kdgui_owner'@'%' IDENTIFIED BY 'change-this-owner';
CREATE USER 'kdgui'@'%' IDENTIFIED BY 'change-this-user';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX ON kdgui.* TO 'kdgui_owner'@'%';
-- 2. Make the tables as the owner: kdgui team init, with
--    KDGUI_TEAM_URL=mariadb://kdgui_owner@HOST/kdgui
-- 3. As the administrator: what the PCs may do, and nothing else.
GRANT SELECT ON kdgui.kdgui_info TO 'kdgui'@'%';
GRANT SELECT, INSERT, UPDATE ON kdgui.kdgui_stations TO 'kdgui'@'%';
GRANT SELECT, INSERT, UPDATE ON kdgui.kdgui_claims TO 'kdgui'@'%';
GRANT SELECT, INSERT, UPDATE ON kdgui.kdgui_takeovers TO 'kdgui'@'%';
GRANT SELECT, INSERT, UPDATE ON kdgui.kdgui_runs TO 'kdgui'@'%';
GRANT SELECT, INSERT, UPDATE ON kdgui.kdgui_rows TO 'kdgui'@'%';
GRANT SELECT, INSERT, DELETE ON kdgui.kdgui_numbers TO 'kdgui'@'%';
