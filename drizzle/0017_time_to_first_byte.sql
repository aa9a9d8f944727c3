ALTER TABLE `request_log` ADD `time_to_first_byte_ms` integer;--> statement-breakpoint
ALTER TABLE `usage_daily` ADD `first_bytes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `usage_daily` ADD `time_to_first_byte_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `usage_hourly` ADD `first_bytes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `usage_hourly` ADD `time_to_first_byte_ms` integer DEFAULT 0 NOT NULL;