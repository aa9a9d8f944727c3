CREATE TABLE `model_lists` (
	`provider` text PRIMARY KEY NOT NULL,
	`models` text NOT NULL,
	`read_at_ms` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `alerts` ADD `channel` text DEFAULT 'webhook' NOT NULL;