CREATE TABLE `access_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`token_hash` text NOT NULL,
	`masked` text NOT NULL,
	`status` text DEFAULT 'active' NOT NULL,
	`providers` text,
	`models` text,
	`expires_at_ms` integer,
	`rpm` integer,
	`tpm` integer,
	`daily_requests` integer,
	`daily_tokens` integer,
	`daily_cost_usd` real,
	`monthly_cost_usd` real,
	`created_at_ms` integer NOT NULL,
	`created_by` text,
	`updated_at_ms` integer NOT NULL,
	`last_used_at_ms` integer,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `access_tokens_token_hash_unique` ON `access_tokens` (`token_hash`);--> statement-breakpoint
CREATE INDEX `access_tokens_version` ON `access_tokens` (`version`);--> statement-breakpoint
CREATE TABLE `key_cooldowns` (
	`key_id` text NOT NULL,
	`model` text NOT NULL,
	`until_ms` integer NOT NULL,
	`reason` text NOT NULL,
	`evidence` text NOT NULL,
	`set_at_ms` integer NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`key_id`, `model`)
);
--> statement-breakpoint
CREATE INDEX `key_cooldowns_version` ON `key_cooldowns` (`version`);--> statement-breakpoint
CREATE TABLE `provider_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`sealed` text NOT NULL,
	`fingerprint` text NOT NULL,
	`masked` text NOT NULL,
	`status` text DEFAULT 'active' NOT NULL,
	`reason` text,
	`evidence` text,
	`weight` integer DEFAULT 1 NOT NULL,
	`priority` integer DEFAULT 0 NOT NULL,
	`quota_domain` text,
	`models` text,
	`remark` text,
	`created_at_ms` integer NOT NULL,
	`created_by` text,
	`updated_at_ms` integer NOT NULL,
	`reset_at_ms` integer DEFAULT 0 NOT NULL,
	`last_used_at_ms` integer,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `provider_keys_fingerprint` ON `provider_keys` (`provider`,`fingerprint`);--> statement-breakpoint
CREATE INDEX `provider_keys_version` ON `provider_keys` (`version`);--> statement-breakpoint
CREATE INDEX `provider_keys_status` ON `provider_keys` (`provider`,`status`,`id`);--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `state_version` (
	`id` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tombstones` (
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`deleted_at_ms` integer NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`kind`, `id`)
);
--> statement-breakpoint
CREATE INDEX `tombstones_version` ON `tombstones` (`version`);--> statement-breakpoint
INSERT INTO `state_version` (`id`, `version`) VALUES (1, 0);
