CREATE TABLE `quota_limits` (
	`provider` text NOT NULL,
	`domain` text NOT NULL,
	`rules` text NOT NULL,
	`updated_at_ms` integer NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`provider`, `domain`)
);
--> statement-breakpoint
ALTER TABLE `provider_keys` ADD `limits` text;