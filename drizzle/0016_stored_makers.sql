ALTER TABLE `resource_keys` ADD `token_id` text;--> statement-breakpoint
ALTER TABLE `resource_keys` ADD `user_id` text;--> statement-breakpoint
ALTER TABLE `request_log` ADD `turns` integer;