CREATE TABLE `resource_keys` (
	`provider` text NOT NULL,
	`resource` text NOT NULL,
	`key_id` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`provider`, `resource`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `resource_keys_time` ON `resource_keys` (`at_ms`);--> statement-breakpoint
CREATE TABLE `token_spend` (
	`token_id` text NOT NULL,
	`period` text NOT NULL,
	`requests` integer NOT NULL,
	`tokens` integer NOT NULL,
	`cost_nano_usd` integer NOT NULL,
	PRIMARY KEY(`token_id`, `period`)
) WITHOUT ROWID;
