CREATE TABLE `usage_key_hours` (
	`bucket_ms` integer NOT NULL,
	`provider` text NOT NULL,
	`key_id` text NOT NULL,
	`answers` text NOT NULL,
	`cells` text NOT NULL,
	PRIMARY KEY(`bucket_ms`, `provider`, `key_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `usage_open_hours` (
	`bucket_ms` integer NOT NULL,
	`side` text NOT NULL,
	`chunk` integer NOT NULL,
	`cells` text NOT NULL,
	PRIMARY KEY(`bucket_ms`, `side`, `chunk`)
) WITHOUT ROWID;
