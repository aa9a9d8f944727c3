CREATE TABLE `usage_tag_values` (
	`day_ms` integer NOT NULL,
	`name` text NOT NULL,
	`tag_values` text NOT NULL,
	PRIMARY KEY(`day_ms`, `name`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `usage_tags` (
	`grain` text NOT NULL,
	`name` text NOT NULL,
	`bucket_ms` integer NOT NULL,
	`chunk` integer NOT NULL,
	`cells` text NOT NULL,
	PRIMARY KEY(`grain`, `name`, `bucket_ms`, `chunk`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `fixed_tags` text;--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `required_tags` text;--> statement-breakpoint
ALTER TABLE `request_log` ADD `tags` text;