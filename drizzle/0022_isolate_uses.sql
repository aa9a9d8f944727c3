CREATE TABLE `isolate_uses` (
	`isolate_id` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`models` text NOT NULL
) WITHOUT ROWID;
