ALTER TABLE `resource_keys` ADD `work` text;--> statement-breakpoint
ALTER TABLE `request_log` ADD `cost_basis` text;