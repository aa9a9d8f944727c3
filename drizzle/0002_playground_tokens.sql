ALTER TABLE `access_tokens` ADD `kind` text DEFAULT 'app' NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `access_tokens_playground` ON `access_tokens` (`owner_id`) WHERE kind = 'playground';