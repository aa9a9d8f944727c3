CREATE TABLE `incidents` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`rule` text NOT NULL,
	`meaning` text NOT NULL,
	`status` integer NOT NULL,
	`words` text NOT NULL,
	`effect` text NOT NULL,
	`key_ids` text NOT NULL,
	`opened_at_ms` integer NOT NULL,
	`last_seen_ms` integer NOT NULL,
	`closed_at_ms` integer
);
