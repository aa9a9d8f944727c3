ALTER TABLE `provider_keys` ADD `concurrent_requests` integer;--> statement-breakpoint
ALTER TABLE `provider_keys` ADD `daily_cost_usd` real;--> statement-breakpoint
ALTER TABLE `provider_keys` ADD `monthly_cost_usd` real;