CREATE TABLE `usage_digests` (
	`grain` text NOT NULL,
	`name` text NOT NULL,
	`bucket_ms` integer NOT NULL,
	`chunk` integer NOT NULL,
	`cells` text NOT NULL,
	PRIMARY KEY(`grain`, `name`, `bucket_ms`, `chunk`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `usage_undigested` (
	`grain` text NOT NULL,
	`bucket_ms` integer NOT NULL,
	PRIMARY KEY(`grain`, `bucket_ms`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `usage_undigested` SELECT DISTINCT 'hour', `bucket_ms` FROM `usage_hourly` WHERE `side` = 'caller';
--> statement-breakpoint
INSERT INTO `usage_undigested` SELECT DISTINCT 'day', `bucket_ms` FROM `usage_daily` WHERE `side` = 'caller';
