CREATE TABLE `alert_topics` (
	`topic` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`details` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`next_try_ms` integer,
	`delivered_at_ms` integer,
	`problem` text
);
--> statement-breakpoint
CREATE INDEX `alerts_next_try` ON `alerts` (`next_try_ms`);--> statement-breakpoint
CREATE TABLE `key_rechecks` (
	`key_id` text PRIMARY KEY NOT NULL,
	`attempts` integer NOT NULL,
	`next_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `upkeep` (
	`id` integer PRIMARY KEY NOT NULL,
	`holder` text,
	`lease_until_ms` integer NOT NULL,
	`started_at_ms` integer NOT NULL,
	`started_by` text NOT NULL,
	`runs` integer NOT NULL,
	`finished_at_ms` integer,
	`report` text
);
--> statement-breakpoint
CREATE INDEX `provider_keys_blocked` ON `provider_keys` (`id`) WHERE status = 'blocked';