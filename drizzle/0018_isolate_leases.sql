CREATE TABLE `isolate_leases` (
	`isolate_id` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`reports` text NOT NULL
) WITHOUT ROWID;
