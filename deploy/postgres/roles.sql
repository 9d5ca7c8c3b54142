-- The roles Understudy works with: run once by whoever may create roles, then set the passwords.
-- Safe to repeat.
--   understudy_app      owns nothing, passes no row-level security; its members are the processes
--   understudy_owner    owns the tables and runs the migrations      (DATABASE_OWNER_URL)
--   understudy_runtime  what web, worker and scheduler log in as     (DATABASE_URL)
do $$
begin
    if not exists (select from pg_roles where rolname = 'understudy_app') then
        create role understudy_app nologin nosuperuser nobypassrls;
    end if;
    if not exists (select from pg_roles where rolname = 'understudy_owner') then
        create role understudy_owner login nosuperuser nobypassrls;
    end if;
    if not exists (select from pg_roles where rolname = 'understudy_runtime') then
        create role understudy_runtime login nosuperuser nobypassrls in role understudy_app;
    end if;
end
$$;
-- Then, with passwords of your own:
--   alter role understudy_owner password '…';
--   alter role understudy_runtime password '…';
--   create database understudy owner understudy_owner;
