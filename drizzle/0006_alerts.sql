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
CREATE INDEX `alerts_next_try` ON `alerts` (`next_try_ms`);