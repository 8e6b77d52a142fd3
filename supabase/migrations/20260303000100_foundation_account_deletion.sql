-- An account that Auth deletes takes with it what hangs on it, and triggers go along.

-- Definer: a colleague's absences go with their account, and Auth has no right in private.
alter function private.tg_staff_absences_set_timers() security definer;
