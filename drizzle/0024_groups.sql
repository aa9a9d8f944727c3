CREATE TABLE `team_groups` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`uses_common_keys` integer DEFAULT true NOT NULL,
	`weight` integer DEFAULT 1 NOT NULL,
	`rpm` integer,
	`tpm` integer,
	`concurrent_requests` integer,
	`daily_requests` integer,
	`daily_tokens` integer,
	`daily_cost_usd` real,
	`monthly_cost_usd` real,
	`created_at_ms` integer NOT NULL,
	`created_by` text,
	`updated_at_ms` integer NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `team_groups_name` ON `team_groups` (`name`);--> statement-breakpoint
CREATE INDEX `team_groups_version` ON `team_groups` (`version`);--> statement-breakpoint
CREATE TABLE `group_members` (
	`group_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`added_at_ms` integer NOT NULL,
	PRIMARY KEY(`group_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `group_members_user` ON `group_members` (`user_id`);--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `group_id` text;--> statement-breakpoint
CREATE INDEX `access_tokens_group` ON `access_tokens` (`group_id`) WHERE group_id is not null;--> statement-breakpoint
ALTER TABLE `provider_keys` ADD `groups` text;