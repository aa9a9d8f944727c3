CREATE TABLE `quota_days` (
	`from_ms` integer NOT NULL,
	`zone` text NOT NULL,
	`through_ms` integer NOT NULL,
	`counts` text NOT NULL,
	PRIMARY KEY(`from_ms`, `zone`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TRIGGER `usage_key_hours_inserted` AFTER INSERT ON `usage_key_hours` BEGIN
	DELETE FROM `quota_days` WHERE `from_ms` > new.`bucket_ms` - 93600000 AND `from_ms` <= new.`bucket_ms` AND `through_ms` > new.`bucket_ms`;
END;
--> statement-breakpoint
CREATE TRIGGER `usage_key_hours_updated` AFTER UPDATE ON `usage_key_hours` BEGIN
	DELETE FROM `quota_days` WHERE `from_ms` > new.`bucket_ms` - 93600000 AND `from_ms` <= new.`bucket_ms` AND `through_ms` > new.`bucket_ms`;
END;
