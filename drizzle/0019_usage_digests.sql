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
--> statement-breakpoint
CREATE TRIGGER `usage_hourly_inserted` AFTER INSERT ON `usage_hourly` WHEN new.`side` = 'caller' BEGIN
	INSERT INTO `usage_undigested` SELECT 'hour', new.`bucket_ms`
	WHERE NOT EXISTS (SELECT 1 FROM `usage_undigested` WHERE `grain` = 'hour' AND `bucket_ms` = new.`bucket_ms`);
END;
--> statement-breakpoint
CREATE TRIGGER `usage_hourly_updated` AFTER UPDATE ON `usage_hourly` WHEN new.`side` = 'caller' BEGIN
	INSERT INTO `usage_undigested` SELECT 'hour', new.`bucket_ms`
	WHERE NOT EXISTS (SELECT 1 FROM `usage_undigested` WHERE `grain` = 'hour' AND `bucket_ms` = new.`bucket_ms`);
END;
--> statement-breakpoint
CREATE TRIGGER `usage_daily_inserted` AFTER INSERT ON `usage_daily` WHEN new.`side` = 'caller' BEGIN
	INSERT INTO `usage_undigested` SELECT 'day', new.`bucket_ms`
	WHERE NOT EXISTS (SELECT 1 FROM `usage_undigested` WHERE `grain` = 'day' AND `bucket_ms` = new.`bucket_ms`);
END;
--> statement-breakpoint
CREATE TRIGGER `usage_daily_updated` AFTER UPDATE ON `usage_daily` WHEN new.`side` = 'caller' BEGIN
	INSERT INTO `usage_undigested` SELECT 'day', new.`bucket_ms`
	WHERE NOT EXISTS (SELECT 1 FROM `usage_undigested` WHERE `grain` = 'day' AND `bucket_ms` = new.`bucket_ms`);
END;
