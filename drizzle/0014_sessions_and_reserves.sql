CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`browser_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`,`created_at_ms`);--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `unpriced_reserve_usd` real;--> statement-breakpoint
CREATE INDEX `provider_keys_old_seals` ON `provider_keys` (`id`) WHERE sealed < 'v2.';