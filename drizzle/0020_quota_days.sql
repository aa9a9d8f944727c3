CREATE TABLE `quota_days` (
	`from_ms` integer NOT NULL,
	`zone` text NOT NULL,
	`through_ms` integer NOT NULL,
	`counts` text NOT NULL,
	PRIMARY KEY(`from_ms`, `zone`)
) WITHOUT ROWID;
