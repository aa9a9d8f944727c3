CREATE TABLE `member_limits` (
	`user_id` text PRIMARY KEY NOT NULL,
	`rpm` integer,
	`tpm` integer,
	`concurrent_requests` integer,
	`daily_requests` integer,
	`daily_tokens` integer,
	`daily_cost_usd` real,
	`monthly_cost_usd` real,
	`updated_at_ms` integer NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `member_limits_version` ON `member_limits` (`version`);--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `concurrent_requests` integer;--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `weight` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `priority_class` text DEFAULT 'interactive' NOT NULL;--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `max_wait_seconds` integer;--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `budget_id` text;